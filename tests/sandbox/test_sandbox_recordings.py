"""What a call leaves behind: recordings, transcripts, recaps, surveys, and links to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from calling import CALL_CENTER, MARA, OTHER, PARKED, TALKS, THEO, events, only_on_duty, ring, told

if TYPE_CHECKING:
    from asking import Client

ACTIVE = f"/users/{THEO}/activecall"


def switch(client: Client, on: bool, **more: Any) -> Any:
    return client.ask("PATCH", ACTIVE, {"is_recording": on, **more})


def test_a_recording_is_begun_ended_and_ready(client: Client) -> None:
    assert switch(client, True) == {"id": str(TALKS), "call_state": "connected", "is_recording": True}
    assert switch(client, True)["is_recording"]
    client.advance(10)
    assert switch(client, False)["is_recording"] is False
    assert "recording_details" not in client.ask("GET", f"/call/{TALKS}")
    client.advance(5)
    call = client.ask("GET", f"/call/{TALKS}")
    (recording,) = call["recording_details"]
    assert call["was_recorded"]
    assert (recording["duration"], recording["recording_type"]) == ("10000", "callrecording")
    assert [event["call_recording_ids"] for event in events(client, "recording")] == [[int(recording["id"])]]
    status, sound, _ = client.send("GET", recording["url"].removeprefix(client.sandbox.url))
    assert (status, sound[:4]) == (200, b"RIFF")
    assert client.send("GET", "/files/recordings/123.wav")[0] == 404


def test_the_notice_is_kept(client: Client) -> None:
    switch(client, True, play_message=False)
    assert "notices" not in client.world.calls.get(TALKS)
    switch(client, False)
    assert [notice["recording"] for notice in client.world.calls.get(TALKS)["notices"]] == [False]


def test_the_type_counts_for_calls_of_groups(client: Client) -> None:
    switch(client, True, recording_type="all")
    kinds = [one["recording_type"] for one in client.world.recordings.where("call", TALKS)]
    assert kinds == ["callrecording"]
    client.ask("PUT", f"/call/{TALKS}/actions/hangup")
    body = {"user_id": THEO, "phone_number": OTHER, "group_id": CALL_CENTER, "group_type": "callcenter"}
    call_id = int(client.ask("POST", "/call", body)["call_id"])
    client.advance(10)
    switch(client, True, recording_type="all")
    kinds = [one["recording_type"] for one in client.world.recordings.where("call", call_id)]
    assert sorted(kinds) == ["admincallrecording", "callrecording"]
    switch(client, False, recording_type="group")
    assert switch(client, False, recording_type="user")["is_recording"] is False
    client.advance(10)
    assert "admin_recording" in told(client, call_id)


def test_only_a_user_on_a_call_can_be_recorded(client: Client) -> None:
    client.ask("PUT", f"/call/{TALKS}/actions/hangup")
    assert "on no call" in client.refused(409, "PATCH", ACTIVE, {"is_recording": True})


def test_the_hangup_ends_a_recording(client: Client) -> None:
    switch(client, True)
    client.advance(7)
    client.ask("PUT", f"/call/{TALKS}/actions/hangup")
    client.advance(5)
    assert client.ask("GET", f"/call/{TALKS}")["recording_details"][0]["duration"] == "7000"


def test_transcript_and_recap_come_after_the_hangup(client: Client) -> None:
    assert client.ask("GET", f"/transcripts/{TALKS}") == {"call_id": str(TALKS)}
    assert client.ask("GET", f"/call/{TALKS}/ai_recap") == {"call_id": str(TALKS)}
    client.ask("PUT", f"/call/{TALKS}/actions/hangup")
    assert client.ask("GET", f"/transcripts/{TALKS}") == {"call_id": str(TALKS)}
    client.advance(12)
    transcript = client.ask("GET", f"/transcripts/{TALKS}")
    assert {line["type"] for line in transcript["lines"]} == {"transcript", "moment"}
    assert [line["time"] for line in transcript["lines"]] == sorted(
        line["time"] for line in transcript["lines"]
    )
    assert client.ask("GET", f"/call/{TALKS}/ai_recap") == {"call_id": str(TALKS)}
    client.advance(18)
    recap = client.ask("GET", f"/call/{TALKS}/ai_recap")
    assert recap["call_id"] == str(TALKS)
    assert int(recap["date_created"]) > client.world.calls.get(TALKS)["date_ended"]
    states = told(client, TALKS)
    assert states[0] == "hangup"
    assert "call_transcription" in states
    assert states[-4:] == ["recap_summary", "recap_purposes", "recap_action_items", "recap_outcome"]
    (summary,) = events(client, "recap_summary")
    assert summary["recap_summary"]["content"]
    assert summary["recap_purposes"] is None
    assert client.ask("GET", f"/transcripts/{TALKS}/url")["url"].endswith(f"/{TALKS}?tab=transcript")


def test_styles_of_the_summary(client: Client) -> None:
    found = {
        style: client.ask("GET", f"/call/{PARKED}/ai_recap?summary_format={style}")["summary"]["content"]
        for style in ("short", "medium", "long", "bullet")
    }
    assert len(found["short"]) < len(found["medium"]) < len(found["long"])
    assert found["bullet"].startswith("- ")
    assert client.refused(400, "GET", f"/call/{PARKED}/ai_recap?summary_format=loud")


def test_a_missing_recap_can_be_a_404(client: Client) -> None:
    client.world.switches.put({"id": "recap-missing", "value": "refused"})
    assert "no recap" in client.refused(404, "GET", f"/call/{TALKS}/ai_recap")


def test_no_transcript_without_call_ai(client: Client) -> None:
    client.ask("PUT", "/company/settings?has_callai=false")
    body = {"user_id": MARA, "phone_number": OTHER}
    call_id = int(client.ask("POST", "/call", body)["call_id"])
    client.advance(600)
    assert client.ask("GET", f"/transcripts/{call_id}") == {"call_id": str(call_id)}


def test_surveys_of_call_centers(client: Client) -> None:
    only_on_duty(client, MARA)
    number = next(one["number"] for one in client.world.numbers if one.get("target_id") == CALL_CENTER)
    for _ in range(10):
        ring(client, number, hangup_after=40)
        client.advance(120)
    scored = events(client, "csat")
    assert scored
    assert client.ask("GET", f"/call/{scored[0]['call_id']}")["csat_score"] == scored[0]["csat_score"]


# -- links


def test_links_to_recordings(client: Client) -> None:
    recording = client.ask("GET", f"/call/{PARKED}")["recording_details"][0]
    body = {"recording_id": recording["id"], "recording_type": recording["recording_type"]}
    link = client.ask("POST", "/recordingsharelink", body)
    assert re.fullmatch("[0-9A-Za-z]{44}", link["id"])
    assert (link["privacy"], link["call_id"], link["item_id"]) == ("owner", str(PARKED), recording["id"])
    assert client.ask("POST", "/recordingsharelink", body)["id"] != link["id"]
    path = f"/recordingsharelink/{link['id']}"
    assert client.ask("PUT", path, {"privacy": "public"})["privacy"] == "public"
    assert client.ask("GET", path) == {**link, "privacy": "public"}
    assert link["access_link"] in client.ask("GET", f"/call/{PARKED}")["call_recording_share_links"]
    assert client.ask("DELETE", path)["id"] == link["id"]
    client.refused(404, "GET", path)
    wrong = {**body, "recording_type": "voicemail"}
    assert client.refused(404, "POST", "/recordingsharelink", wrong).startswith("recording_id")


def test_links_to_voicemails(client: Client) -> None:
    voicemail = next(iter(client.world.voicemails))
    body = {"recording_id": str(voicemail["id"]), "recording_type": "voicemail", "privacy": "company"}
    link = client.ask("POST", "/recordingsharelink", body)
    call = client.ask("GET", f"/call/{voicemail['call_id']}")
    assert call["voicemail_share_link"] == link["access_link"]


def test_a_recording_must_be_ready_to_be_shared(client: Client) -> None:
    switch(client, True)
    running = client.world.recordings.where("call", TALKS)[0]
    body = {"recording_id": str(running["id"]), "recording_type": "callrecording"}
    client.refused(404, "POST", "/recordingsharelink", body)


def test_links_to_reviews(client: Client) -> None:
    link = client.ask("POST", "/callreviewsharelink", {"call_id": PARKED})
    assert (link["privacy"], link["call_id"]) == ("company", str(PARKED))
    path = f"/callreviewsharelink/{link['id']}"
    assert client.ask("PUT", path, {"privacy": "public"})["privacy"] == "public"
    client.ask("DELETE", path)
    client.refused(404, "GET", path)
    assert client.refused(404, "POST", "/callreviewsharelink", {"call_id": 4711}).startswith("call_id")
    assert client.refused(400, "POST", "/callreviewsharelink", {}).startswith("call_id")


@pytest.mark.parametrize("link", ["recordingsharelink", "callreviewsharelink"])
def test_ids_of_links_are_checked(client: Client, link: str) -> None:
    client.refused(400, "GET", f"/{link}/short")
    client.refused(404, "GET", f"/{link}/{'x' * 44}")

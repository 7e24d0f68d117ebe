"""What Dialpad's API offers: operations, parameters, schemas, limits, scopes.

Read from compiled shards (`shards/*.json`, built by `make spec` from `openapi/`). Only the standard
library is imported, and only the shard that is asked for is read: one group costs well under a
millisecond, which every command pays.

    catalog = Catalog()
    operation = catalog.operation("sms.send")
    operation.path                      # '/api/v2/sms'
    [f.name for f in operation.fields]  # everything it takes, wherever it travels
"""

from dialkit.catalog.model import Catalog, Field, Group, Operation, Summary, UnknownName

__all__ = ["Catalog", "Field", "Group", "Operation", "Summary", "UnknownName"]

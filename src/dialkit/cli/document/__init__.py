"""An OpenAPI document that the user brings: reading it, saying what is wrong with it, making it commands."""

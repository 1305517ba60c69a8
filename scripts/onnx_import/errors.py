"""What can be wrong with a model."""


class BadModel(Exception):
    """The model cannot be imported; one line that says why and what is allowed."""


class NotUnderstood(Exception):
    """A node that no layer can be made of, with the reason; the rest of the model can. `cause` is the node before it
    that is to blame, if there is one."""

    def __init__(self, reason, cause=None):
        super().__init__(reason)
        self.cause = cause


def quoted(text, longest=60):
    """`text` on one line in quotes, cut when it is long."""
    line = "".join(c if c.isprintable() else " " for c in str(text))
    return f'"{line[:longest]}..."' if len(line) > longest else f'"{line}"'

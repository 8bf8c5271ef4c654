"""What says on which machines a task runs. A sandbox is the same everywhere, so it is taken and not looked at."""


class Resources:
    """Processors, memory, disks. `flyte-host run --max-memory` bounds a sandbox."""

    def __init__(self, *args: object, **kwargs: object):
        self.requested = args, kwargs


def GPU(*args: object, **kwargs: object) -> Resources:
    """A graphics processor, which a sandbox can't reach."""
    return Resources(*args, **kwargs)


class Image:
    """A container's image. A component needs none: what it imports is in it."""

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self

    @classmethod
    def from_debian_base(cls, *args: object, **kwargs: object) -> "Image":
        """An image that is not looked at, as all of these."""
        return cls()

    from_base = from_uv_script = from_dockerfile = from_debian_base

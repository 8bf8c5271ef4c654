"""Imports at run time: a component has no files to import from, and says so."""

import linecache
import sys

_closed = False


class _NotInComponent:
    """Says why an import fails, and asks no host for files."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        raise ModuleNotFoundError(
            f"`{name}` is not in the component: what a task imports is imported in the file, with `import {name}`",
            name=name,
        )


def close() -> None:
    """From here on, only what was imported when the component was built is there."""
    global _closed
    if _closed:
        return
    _closed = True
    sys.meta_path[:] = [finder for finder in sys.meta_path if getattr(finder, "__name__", "") != "PathFinder"]
    sys.meta_path.append(_NotInComponent)
    # What a traceback shows is known already, or not to be had.
    linecache.updatecache = lambda filename, module_globals=None: []

"""Builds a component from a Python file.

    python -m flyte_build --source FILE --output OUT.wasm --wit DIR --work DIR
"""

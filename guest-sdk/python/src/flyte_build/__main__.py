"""The driver's command line."""

import argparse
import sys
from pathlib import Path

from . import bundle, report, requirements, world
from .componentize import componentize
from .discover import Program


def main() -> int:
    """Builds; gives the exit code: 0, 1 where the author has to change something, 2 where the tools failed."""
    parser = argparse.ArgumentParser(prog="flyte_build", description="Builds a component from a Python file.")
    for name, metavar in (("source", "FILE"), ("output", "OUT.wasm"), ("wit", "DIR"), ("work", "DIR")):
        parser.add_argument(f"--{name}", type=Path, required=True, metavar=metavar)
    arguments = parser.parse_args()
    try:
        build(arguments.source.absolute(), arguments.output.absolute(), arguments.wit, arguments.work.absolute())
    except report.AuthorError:
        return 1
    except report.ToolError as error:
        report.note(str(error))
        return 2
    return 0


def build(source: Path, output: Path, wit: Path, work: Path) -> None:
    """Builds `output` from `source`, with `work` for what lies between."""
    report.progress("reading the program")
    report.input_file(source)
    program = Program(source)
    for path in program.paths()[1:]:
        report.input_file(path)
    for path in sorted(program.absent):
        report.absent_file(path)
    site = work / "site"
    site.mkdir(parents=True, exist_ok=True)
    wanted = requirements.of(source)
    if wanted is not None:
        if wanted.file != source:
            report.input_file(wanted.file)
        requirements.install(wanted, site)
        if (name := bundle.compiled_package(site)) is not None:
            raise report.refuse(f"`{name}` has compiled code, which is not for WebAssembly", file=wanted.file)
    late = bundle.late_imports(site) | program.late_imports()
    pydantic = "pydantic" in program.foreign or any("pydantic" in names for names in late.values())
    if pydantic:
        bundle.copy_pydantic(site)
    bundle.copy_program(program, work / "program")
    bundle.write_plan(work / "plan", source.stem, late, pydantic)
    world.write(wit, work / "wit", program.may_block())
    report.progress("making the component")
    runtime = work / "runtime"
    bundle.copy_runtime(runtime)
    componentize(program, work / "wit", [work / "program", work / "plan", runtime, site], output)


sys.exit(main())

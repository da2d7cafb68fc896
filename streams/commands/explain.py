"""``report-streams explain``: show why a text gets its labels."""

import click

from streams.errors import UsageError


@click.command()
@click.argument("text")
@click.option("--section", help="The heading above the paragraph.")
@click.option("--title", help="The report's title.")
@click.option("--genre", help="What kind of report it is.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def explain(text: str, section: str | None, title: str | None, genre: str | None, as_json: bool) -> None:
    """Show why the paragraph TEXT gets its labels: words, rules and weights that fired, items, kinds with scores."""
    from pydantic import ValidationError

    from schemas.paragraph import Paragraph, Report
    from streams.analysis.analyse import Analyser
    from streams.commands.analyse import EPOCH

    try:
        report = Report.named(title, genre=genre)
        paragraph = Paragraph.numbered(report, 0, text, section=section, pushed_at=EPOCH)
    except ValidationError as error:
        faults = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
        raise UsageError(f"this cannot be a paragraph: {faults}") from None
    explanation = Analyser.load().explain(paragraph)
    if as_json:
        click.echo(explanation.model_dump_json())
        return
    from rich.console import Console

    from streams.commands.analysis_tables import explanation_tables

    console = Console()
    for table in explanation_tables(explanation):
        console.print(table)

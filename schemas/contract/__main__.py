"""Write the generated files anew."""

from pathlib import Path

from schemas.contract.render import render

for _name, _text in render().items():
    (Path(__file__).parent / _name).write_text(_text, encoding="utf-8")

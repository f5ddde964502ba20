"""Records what graphql-core (PyPI), the reference in Python, says of Tests/Cases/graphql.

Run it with a Python that has graphql-core 3.3: python3 Benchmarks/parity/graphql_cases.py
"""

import json
import pathlib

from graphql import GraphQLError, build_schema, get_introspection_query, graphql_sync, parse, validate

folder = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Cases" / "graphql"
schema = build_schema((folder / "schema.graphqls").read_text())


def places(error):
    return [[place.line, place.column] for place in error.locations or []]


def answer(text):
    try:
        document = parse(text)
    except GraphQLError as error:
        return {"syntax": places(error), "message": error.message}
    return {"errors": [{"message": error.message, "at": places(error)} for error in validate(schema, document)]}


def cases():
    for part in (folder / "queries.txt").read_text().split("### ")[1:]:
        name, _, text = part.partition("\n")
        yield name, text.rstrip("\n")


answers = {name: answer(text) for name, text in cases()}
lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in answers.items())
(folder / "answers.json").write_text("{\n" + lines + "\n}\n")

introspection = get_introspection_query(
    specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True)
result = graphql_sync(schema, introspection)
assert not result.errors, result.errors
(folder / "introspection.graphql").write_text(introspection + "\n")
(folder / "introspection.json").write_text(json.dumps(result.data, indent=1, ensure_ascii=False) + "\n")

// The specification of the REST operations (OpenAPI 3.1).

import WeirColumnar
import WeirGraphQL

enum OpenAPIDocument {
    static func json(_ model: APIModel, _ operations: [APIOperation]) -> JsonValue {
        let paths = operations.map { operation in
            operation.isWrite
                ? JsonMember("/v1/rest/mutations/\(operation.name)", write(operation, model))
                : JsonMember("/v1/rest/queries/\(operation.name)", path(operation, model))
        }
        return object([
            ("openapi", .string("3.1.0")),
            (
                "info",
                object([
                    ("title", .string("Weir")), ("version", .string("1")),
                    (
                        "description",
                        .string("Tables and functions of a pipeline, read while it runs.")
                    ),
                ])
            ),
            ("paths", .object(paths)),
            ("components", object([("schemas", object([("Problem", problem)]))])),
        ])
    }

    private static func object(_ members: [(String, JsonValue)]) -> JsonValue {
        .object(members.map { JsonMember($0, $1) })
    }

    private static func path(_ operation: APIOperation, _ model: APIModel) -> JsonValue {
        let parameters = operation.parameters.map { parameter in
            let schema = JSONSchema.schema(parameter, model.schema, isNullable: false)
            return object(
                [
                    ("name", .string(parameter.name)), ("in", .string("query")),
                    ("required", .bool(parameter.isRequired)),
                ] + (parameter.description.map { [("description", .string($0))] } ?? [])
                    + [("schema", schema)])
        }
        var get: [(String, JsonValue)] = [("operationId", .string("Get\(operation.name)"))]
        if let text = operation.description { get.append(("description", .string(text))) }
        get.append(("parameters", .array(parameters)))
        get.append(("responses", responses(operation)))
        return object([("get", object(get))])
    }

    /// A POST whose body has the arguments by their names.
    private static func write(_ operation: APIOperation, _ model: APIModel) -> JsonValue {
        let properties = operation.parameters.map { parameter in
            JsonMember(
                parameter.name, JSONSchema.schema(parameter, model.schema, isNullable: true))
        }
        let body = object([
            ("type", .string("object")), ("properties", .object(properties)),
            (
                "required",
                .array(operation.parameters.filter(\.isRequired).map { .string($0.name) })
            ),
            ("additionalProperties", .bool(false)),
        ])
        var post: [(String, JsonValue)] = [("operationId", .string("Add\(operation.name)"))]
        if let text = operation.description { post.append(("description", .string(text))) }
        post.append(
            (
                "requestBody",
                object([
                    ("required", .bool(true)),
                    ("content", object([("application/json", object([("schema", body)]))])),
                ])
            ))
        post.append(("responses", responses(operation)))
        return object([("post", object(post))])
    }

    private static func responses(_ operation: APIOperation) -> JsonValue {
        func content(_ types: [(String, JsonValue)]) -> JsonValue {
            object(types.map { ($0, object([("schema", $1)])) })
        }
        let body = object([
            ("type", .string("object")), ("properties", object([("data", operation.result)])),
            ("required", .array([.string("data")])),
        ])
        var types: [(String, JsonValue)] = [("application/json", body)]
        if operation.isList, !operation.isWrite {
            types.append(("application/jsonl", object([("type", .string("string"))])))
            types.append(("text/csv", object([("type", .string("string"))])))
        }
        let failure = object([
            (
                "application/problem+json",
                object([("schema", object([("$ref", .string("#/components/schemas/Problem"))]))])
            )
        ])
        func refusal(_ text: String) -> JsonValue {
            object([("description", .string(text)), ("content", failure)])
        }
        var answers = [
            ("200", object([("description", .string("The rows.")), ("content", content(types))])),
            ("400", refusal("A parameter is wrong.")),
            ("403", refusal("The caller may not ask this.")),
        ]
        if operation.isWrite {
            answers.append(("415", refusal("The body is no JSON.")))
        } else {
            answers.insert(
                ("304", object([("description", .string("Nothing has changed."))])), at: 1)
            answers.append(
                ("406", refusal("The rows cannot be written as the caller wants them.")))
        }
        return object(answers + [("default", refusal("It did not work."))])
    }

    /// RFC 9457.
    private static var problem: JsonValue {
        let text = object([("type", .string("string"))])
        return object([
            ("type", .string("object")),
            (
                "properties",
                object([
                    ("title", text), ("status", object([("type", .string("integer"))])),
                    ("detail", text), ("errors", object([("type", .string("array"))])),
                ])
            ),
            ("required", .array([.string("title"), .string("status"), .string("detail")])),
        ])
    }
}

// The specification of the REST operations (OpenAPI 3.1).

import WeirColumnar
import WeirGraphQL

enum OpenAPIDocument {
    static func json(
        _ model: APIModel, _ operations: [APIOperation], version: String,
        asksForTokens: Bool = false
    ) -> JsonValue {
        var paths: [JsonMember] = []
        for operation in operations where operation.isREST {
            let path = "/\(version)/rest/\(operation.path)"
            let item = operation.isPost ? post(operation, model) : get(operation, model)
            // A GET and a POST may have the same path.
            if let known = paths.firstIndex(where: { $0.key == path }),
                case .object(let members) = paths[known].value
            {
                paths[known] = JsonMember(path, .object(members + [item]))
            } else {
                paths.append(JsonMember(path, .object([item])))
            }
        }
        return object(
            [
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
                (
                    "components",
                    object(
                        [("schemas", object([("Problem", problem)]))]
                            + (asksForTokens
                                ? [("securitySchemes", object([("token", bearer)]))] : []))
                ),
            ] + (asksForTokens ? [("security", .array([object([("token", .array([]))])]))] : []))
    }

    private static func object(_ members: [(String, JsonValue)]) -> JsonValue {
        .object(members.map { JsonMember($0, $1) })
    }

    /// A parameter of the address.
    private static func parameter(
        _ parameter: OperationParameter, _ operation: APIOperation, _ model: APIModel
    ) -> JsonValue {
        let isInPath = operation.pathParameters.contains(parameter.name)
        let schema = JSONSchema.schema(parameter, model.schema, isNullable: false)
        return object(
            [
                ("name", .string(parameter.name)), ("in", .string(isInPath ? "path" : "query")),
                ("required", .bool(isInPath || parameter.isRequired)),
            ] + (parameter.description.map { [("description", .string($0))] } ?? [])
                + [("schema", schema)])
    }

    private static func get(_ operation: APIOperation, _ model: APIModel) -> JsonMember {
        let parameters = operation.parameters.map { parameter($0, operation, model) }
        var get: [(String, JsonValue)] = [("operationId", .string(operation.toolName))]
        if let text = operation.description { get.append(("description", .string(text))) }
        get.append(("parameters", .array(parameters)))
        get.append(("responses", responses(operation)))
        return JsonMember("get", object(get))
    }

    /// A POST whose body has the arguments by their names.
    private static func post(_ operation: APIOperation, _ model: APIModel) -> JsonMember {
        let inBody = operation.parameters.filter { !operation.pathParameters.contains($0.name) }
        let properties = inBody.map { parameter in
            JsonMember(
                parameter.name, JSONSchema.schema(parameter, model.schema, isNullable: true))
        }
        let body = object([
            ("type", .string("object")), ("properties", .object(properties)),
            (
                "required",
                .array(inBody.filter(\.isRequired).map { .string($0.name) })
            ),
            ("additionalProperties", .bool(false)),
        ])
        var post: [(String, JsonValue)] = [("operationId", .string(operation.toolName))]
        if let text = operation.description { post.append(("description", .string(text))) }
        let inPath = operation.parameters.filter { operation.pathParameters.contains($0.name) }
        if !inPath.isEmpty {
            post.append(("parameters", .array(inPath.map { parameter($0, operation, model) })))
        }
        post.append(
            (
                "requestBody",
                object([
                    ("required", .bool(true)),
                    ("content", object([("application/json", object([("schema", body)]))])),
                ])
            ))
        post.append(("responses", responses(operation)))
        return JsonMember("post", object(post))
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
        if operation.isList, !operation.isPost {
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
        if operation.isPost {
            answers.append(("415", refusal("The body is no JSON.")))
        } else {
            answers.insert(
                ("304", object([("description", .string("Nothing has changed."))])), at: 1)
            answers.append(
                ("406", refusal("The rows cannot be written as the caller wants them.")))
        }
        return object(answers + [("default", refusal("It did not work."))])
    }

    private static let bearer = object([
        ("type", .string("http")), ("scheme", .string("bearer")), ("bearerFormat", .string("JWT")),
    ])

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

// What is wrong with a request (GraphQL specification, 7.1.2 Errors).

package import WeirColumnar

/// A place in a document; lines and columns count from 1, columns in Unicode scalars.
package struct GraphQLLocation: Sendable, Hashable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// One error of a response.
package struct GraphQLError: Error, Sendable, Hashable {
    /// A step from the root of the response to a field.
    package enum PathStep: Sendable, Hashable {
        case field(String)
        case index(Int)
    }

    package let message: String
    package var locations: [GraphQLLocation]
    package var path: [PathStep]
    /// What kind of error it is, as DataSQRL's server says it: `InvalidSyntax`, `ValidationError`,
    /// `DataFetchingException`.
    package let classification: String

    package init(
        _ message: String, at locations: [GraphQLLocation] = [], path: [PathStep] = [],
        classification: String
    ) {
        self.message = message
        self.locations = locations
        self.path = path
        self.classification = classification
    }

    package static func syntax(_ message: String, at location: GraphQLLocation) -> GraphQLError {
        GraphQLError(message, at: [location], classification: "InvalidSyntax")
    }

    /// As it stands in a response.
    package var json: JsonValue {
        var members = [JsonMember("message", .string(message))]
        if !locations.isEmpty {
            let places = locations.map { place -> JsonValue in
                .object([
                    JsonMember("line", .number(String(place.line))),
                    JsonMember("column", .number(String(place.column))),
                ])
            }
            members.append(JsonMember("locations", .array(places)))
        }
        if !path.isEmpty {
            let steps = path.map { step -> JsonValue in
                switch step {
                case .field(let name): .string(name)
                case .index(let index): .number(String(index))
                }
            }
            members.append(JsonMember("path", .array(steps)))
        }
        let extensions = [JsonMember("classification", .string(classification))]
        members.append(JsonMember("extensions", .object(extensions)))
        return .object(members)
    }
}

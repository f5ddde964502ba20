// Words of a document (GraphQL specification, 2.1 Source Text).

/// A lexical token.
struct Token: Equatable {
    enum Kind: Equatable {
        /// `! $ & ( ) : = @ [ ] { | }`
        case punctuator(UInt8)
        case spread
        case name(String)
        case int(String)
        case float(String)
        case string(String, isBlock: Bool)
        case end
    }

    let kind: Kind
    let location: GraphQLLocation

    /// The token as an error message names it.
    var shown: String {
        switch kind {
        case .punctuator(let byte): "\"\(Character(Unicode.Scalar(byte)))\""
        case .spread: "\"...\""
        case .name(let name): "the name \"\(name)\""
        case .int(let digits): "the number \(digits)"
        case .float(let digits): "the number \(digits)"
        case .string: "a string"
        case .end: "the end of the document"
        }
    }
}

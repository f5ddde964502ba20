// What rejects of joins and patterns say of themselves.

import WeirColumnar

/// The name of the stage and of its definition.
package struct RejectSource: Sendable {
    private let stage: String
    private let definition: String

    package init(stage: String, definition: String) {
        self.stage = stage
        self.definition = definition
    }

    /// Pairs or matches whose condition or value cannot be computed; each is a reject.
    ///
    /// - Parameter part: of the definition, for the message.
    func reject(_ errors: RowErrors, in part: String, _ output: inout OperatorOutput) {
        for error in errors.items {
            output.rejects.append(
                Reject(
                    stage: stage, source: nil, path: nil, line: nil, byteOffset: nil, column: nil,
                    value: nil, rule: "\(definition): \(error.code.rawValue)", code: error.code,
                    message: "\(error.message), in the \(part) of \(definition)", raw: [],
                    record: 0))
        }
    }
}

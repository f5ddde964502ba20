// What rejects of a join say of themselves.

import WeirColumnar

/// The name of the stage and of its definition.
package struct JoinStage: Sendable {
    private let stage: String
    private let definition: String

    package init(stage: String, definition: String) {
        self.stage = stage
        self.definition = definition
    }

    /// Pairs whose condition cannot be computed are no matches; each is a reject.
    func reject(_ errors: RowErrors, _ output: inout OperatorOutput) {
        for error in errors.items {
            output.rejects.append(
                Reject(
                    stage: stage, source: nil, path: nil, line: nil, byteOffset: nil, column: nil,
                    value: nil, rule: "\(definition): \(error.code.rawValue)", code: error.code,
                    message: "\(error.message), in the join of \(definition)", raw: [], record: 0))
        }
    }
}

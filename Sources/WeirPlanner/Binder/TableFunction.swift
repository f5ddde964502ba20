// Functions that give tables.

import WeirColumnar
import WeirSQL

/// A definition with arguments; calls put its plan in their place.
struct TableFunction {
    let name: String
    let arguments: [QueryArgument]
    /// Arguments are `.parameter` expressions in it.
    let plan: LogicalPlan
}

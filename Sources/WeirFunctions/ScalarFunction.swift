// What a scalar function is: one value that binder, runtime, help and tests all read.

package import WeirColumnar

/// A call of a function on one batch.
package struct FunctionCall {
    /// One column per argument, in the layouts of `types`.
    package let arguments: [Column]
    package let types: [DataType.Kind]
    package let result: DataType.Kind
    /// Rows to compute.
    package let count: Int
    /// Where rows that cannot be computed are noted.
    package let errors: RowErrors

    package init(
        arguments: [Column], types: [DataType.Kind], result: DataType.Kind, count: Int,
        errors: RowErrors
    ) {
        self.arguments = arguments
        self.types = types
        self.result = result
        self.count = count
        self.errors = errors
    }
}

/// How a call is typed: what its arguments are cast to and what it gives.
package struct Resolution: Sendable {
    package let arguments: [DataType.Kind]
    package let result: DataType

    package init(_ arguments: [DataType.Kind], _ result: DataType) {
        self.arguments = arguments
        self.result = result
    }
}

/// An example of a call: an SQL expression and its value cast to STRING.
package struct FunctionExample: Sendable {
    package let sql: String
    package let result: String

    package init(_ sql: String, _ result: String) {
        self.sql = sql
        self.result = result
    }
}

/// The families that functions are listed in.
package enum FunctionFamily: String, Sendable, CaseIterable {
    case string = "String"
    case regex = "Regular expression"
    case math = "Math"
    case time = "Date and time"
    case conditional = "Conditional"
    case collection = "Arrays and maps"
    case json = "JSON"
    case jsonb = "JSONB"
    case vector = "Vectors"
    case hash = "Hash"
}

/// A scalar function: names, typing, documentation and kernel.
package struct ScalarFunction: Sendable {
    /// Upper case; the first is the one shown.
    package let names: [String]
    package let family: FunctionFamily
    /// As in Flink's documentation, e.g. `SUBSTRING(text, start[, length])`.
    package let usage: String
    package let documentation: String
    package let examples: [FunctionExample]
    /// Whether the same arguments always give the same result.
    package let isDeterministic: Bool
    /// Whether a NULL argument makes the result NULL; if not, the kernel sees to it.
    package let isStrict: Bool
    /// Whether what the kernel refuses is an error even where an argument is NULL.
    package let refusesNulls: Bool
    /// Types the call, or nil when it does not take such arguments.
    package let resolve: @Sendable ([DataType]) -> Resolution?
    /// The result type where it depends on constant arguments (nil for those that are not).
    package let refine: (@Sendable (_ types: [DataType], _ constants: [Scalar?]) -> DataType?)?
    package let kernel: @Sendable (FunctionCall) -> Column

    init(
        _ names: String..., family: FunctionFamily, usage: String, documentation: String,
        examples: [FunctionExample], isDeterministic: Bool = true, isStrict: Bool = true,
        refusesNulls: Bool = false,
        resolve: @escaping @Sendable ([DataType]) -> Resolution?,
        refine: (@Sendable ([DataType], [Scalar?]) -> DataType?)? = nil,
        kernel: @escaping @Sendable (FunctionCall) -> Column
    ) {
        self.names = names
        self.family = family
        self.usage = usage
        self.documentation = documentation
        self.examples = examples
        self.isDeterministic = isDeterministic
        self.isStrict = isStrict
        self.refusesNulls = refusesNulls
        self.resolve = resolve
        self.refine = refine
        self.kernel = kernel
    }

    package var name: String { names[0] }

    /// Whether only the compiler writes it.
    package var isInternal: Bool { usage.isEmpty }
}

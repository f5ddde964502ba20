// All functions, by name.

/// Looks functions up; the lists of the families are the only place to register one.
package enum FunctionRegistry {
    /// Every scalar function, family by family.
    package static let scalars: [ScalarFunction] =
        StringFunctions.all + TextTestFunctions.all + RegexFunctions.all + EncodingFunctions.all
        + UrlFunctions.all + TextFormatFunctions.all + RandomFunctions.all + HashFunctions.all
        + MathFunctions.all + MathLibrary.all + TimeFunctions.all + CollectionFunctions.all
        + JsonFunctions.all + JsonbFunctions.all + VectorFunctions.all + SearchFunctions.all
        + ZoneFunctions.all
        + QueryFunctions.all

    private static let scalarsByName: [String: ScalarFunction] = {
        var table: [String: ScalarFunction] = [:]
        for function in scalars {
            for name in function.names { table[name] = function }
        }
        return table
    }()

    private static let aggregatesByName: [String: AggregateFunction] = {
        var table: [String: AggregateFunction] = [:]
        for function in AggregateFunctions.all {
            table[function.name] = function
        }
        return table
    }()

    package static func scalar(named name: String) -> ScalarFunction? {
        scalarsByName[name.uppercased()]
    }

    package static func aggregate(named name: String) -> AggregateFunction? {
        aggregatesByName[name.uppercased()]
    }

    /// Names for suggestions and completion.
    package static var allNames: [String] {
        scalars.filter { !$0.isInternal }.flatMap(\.names)
            + aggregatesByName.values.filter { !$0.isInternal }.map(\.name)
            + ["COALESCE", "NULLIF", "IFNULL", "IF", "CAST", "TRY_CAST", "EXTRACT", "TRIM"]
    }
}

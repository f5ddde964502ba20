// Aggregates that make collections, lists and percentiles (Flink: aggregate functions; SQRL:
// system functions). Several arguments come as one ROW.

import WeirColumnar

/// The list of these functions.
enum CollectionAggregates {
    static let all: [AggregateFunction] = [
        listAggregate, collect, objectAggregate, objectAggregateAbsent, jsonArrayNulls,
        jsonbArray, jsonbObject, percentile, center,
    ]

    private static func fields(_ type: DataType?, _ count: ClosedRange<Int>) -> [Field]? {
        guard case .row(let fields)? = type?.kind, count.contains(fields.count) else { return nil }
        return fields
    }

    static let listAggregate = AggregateFunction(
        name: "LISTAGG", usage: "LISTAGG(text [, separator])",
        documentation:
            "The texts that are not NULL with a separator between them (a comma if none is given),"
            + " as the rows come; NULL if there is none.",
        supportsRetraction: false, arguments: 1...2,
        resolve: { type in
            if let fields = fields(type, 2...2) {
                return fields.allSatisfy { $0.type.kind.isString } ? .string : nil
            }
            guard let kind = type?.kind, kind.isString else { return nil }
            return .string
        },
        makeAccumulator: { argument, _ in
            let hasSeparator = if case .row? = argument { true } else { false }
            return ListAccumulator(separator: hasSeparator ? nil : ",")
        })

    static let collect = AggregateFunction(
        name: "COLLECT", usage: "COLLECT(value)",
        documentation: "The values that are not NULL as a MULTISET; an empty one if there is none.",
        supportsRetraction: true,
        resolve: { type in
            guard let type, type.kind != .null, !type.kind.isNested else { return nil }
            return DataType(.multiset(type), nullable: false)
        },
        makeAccumulator: { argument, _ in MultisetAccumulator(kind: argument ?? .bigint) })

    static let objectAggregate = object(
        "JSON_OBJECTAGG", usage: "JSON_OBJECTAGG([KEY] key VALUE value [NULL | ABSENT ON NULL])",
        documentation:
            "The text of a JSON object of all keys with their values; of a key that comes again the"
            + " last value stays.",
        DataType(.varchar(.max), nullable: false), keepsNulls: true)

    /// `ABSENT ON NULL`.
    static let objectAggregateAbsent = object(
        "JSON_OBJECTAGG_ABSENT", usage: "", documentation: "",
        DataType(.varchar(.max), nullable: false), keepsNulls: false)

    static let jsonbObject = object(
        "JSONB_OBJECT_AGG", usage: "JSONB_OBJECT_AGG(key, value)",
        documentation:
            "A JSON object of all keys with their values; of a key that comes again the last value"
            + " stays.", DataType(.json, nullable: false), keepsNulls: true)

    private static func object(
        _ name: String, usage: String, documentation: String, _ result: DataType, keepsNulls: Bool
    ) -> AggregateFunction {
        AggregateFunction(
            name: name, usage: usage, documentation: documentation, supportsRetraction: false,
            arguments: 2...2,
            resolve: { type in
                guard let fields = fields(type, 2...2), fields[0].type.kind.isString else {
                    return nil
                }
                return result
            },
            makeAccumulator: { _, _ in ObjectAccumulator(keepsNulls: keepsNulls) })
    }

    /// `JSON_ARRAYAGG(… NULL ON NULL)`.
    static let jsonArrayNulls = array(
        "JSON_ARRAYAGG_NULL", usage: "", documentation: "",
        DataType(.varchar(.max), nullable: false))

    static let jsonbArray = array(
        "JSONB_ARRAY_AGG", usage: "JSONB_ARRAY_AGG(value)",
        documentation: "All values as a JSON array, NULLs as null, as the rows come.",
        DataType(.json, nullable: false))

    private static func array(
        _ name: String, usage: String, documentation: String, _ result: DataType
    ) -> AggregateFunction {
        AggregateFunction(
            name: name, usage: usage, documentation: documentation, supportsRetraction: false,
            resolve: { type in
                guard let type, type.kind != .null else { return nil }
                return result
            },
            makeAccumulator: { argument, _ in
                CollectAccumulator(kind: argument ?? .bigint, keepsNulls: true, emptyIsNull: false)
            })
    }

    static let percentile = AggregateFunction(
        name: "PERCENTILE", usage: "PERCENTILE(number, percentage [, frequency])",
        documentation:
            "The exact percentile of the values that are not NULL, between neighbours in proportion;"
            + " an array of percentages gives an array. A frequency counts a value so many times.",
        supportsRetraction: true, arguments: 2...3,
        problem: { constants in
            if let percentage = constants[1], !(0...1).contains(percentage) {
                return (1, "a percentage is a number from 0 to 1")
            }
            if constants.count > 2, let frequency = constants[2], frequency < 0 {
                return (2, "a frequency is not negative")
            }
            return nil
        },
        resolve: { type in
            guard let fields = fields(type, 2...3), fields[0].type.kind.isNumeric,
                fields.count == 2 || fields[2].type.kind.isInteger
            else { return nil }
            switch fields[1].type.kind {
            case .array(let element) where element.kind.isNumeric:
                return DataType(.array(.double))
            case let kind where kind.isNumeric: return .double
            default: return nil
            }
        },
        makeAccumulator: { _, result in PercentileAccumulator(result: result) })

    static let center = AggregateFunction(
        name: "CENTER", usage: "CENTER(vector)",
        documentation: "The mean of vectors of one length; NULL if there is none.",
        supportsRetraction: true,
        resolve: { type in type?.kind == .vector ? DataType(.vector) : nil },
        makeAccumulator: { _, _ in CenterAccumulator() })
}

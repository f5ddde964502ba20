// Weir's expressions and aggregates inside SQLite, so that both stages give the same answers.

import GRDB
import Synchronization
import WeirColumnar
import WeirFunctions
import WeirPlanner
import WeirRuntime

enum StoreFunctions {
    /// A text that sorts as a number of up to 38 digits does.
    private static func orderKey(_ value: DatabaseValue) -> String? {
        let kind = DataType.Kind.decimal(precision: 38, scale: 0)
        guard case .int128(let number) = StoredScalar.scalar(value, kind) else { return nil }
        // With its sign bit turned a signed number sorts as an unsigned one, which has 39 digits.
        let digits = String(UInt128(bitPattern: number) ^ (UInt128(1) << 127))
        return String(repeating: "0", count: 39 - digits.count) + digits
    }

    private static let maximumItems = 1_000_000

    /// The elements of a MULTISET as an array of texts, each as often as it is there.
    ///
    /// - Throws: `StoreError` when they are too many to be rows.
    private static func items(_ value: DatabaseValue) throws -> String? {
        guard let text = String.fromDatabaseValue(value),
            let members = NestedValue.members(text.utf8)
        else { return nil }
        var all: [JsonValue] = []
        for member in members {
            let count = Int64(member.value.text) ?? 0
            guard count <= Int64(maximumItems - all.count) else {
                throw StoreError.database(
                    "a MULTISET of more than \(maximumItems) elements is not taken apart")
            }
            all += [JsonValue](repeating: .string(member.key), count: max(0, Int(count)))
        }
        return JsonValue.array(all).text
    }

    /// Makes `weir(…)` and `weir_aggregate(…)` known to a connection.
    static func register(_ db: Database) {
        TextIndexSQL.register(db)
        let cache = ExpressionCache()
        db.add(
            function: DatabaseFunction("weir", argumentCount: nil, pure: true) { values in
                try cache.evaluate(values)
            })
        db.add(
            function: DatabaseFunction("weir_each", argumentCount: nil, pure: false) { values in
                try cache.evaluate(values)
            })
        db.add(
            function: DatabaseFunction("weir_order", argumentCount: 1, pure: true) { values in
                values.first.flatMap(orderKey)
            })
        db.add(
            function: DatabaseFunction("weir_items", argumentCount: 1, pure: true) { values in
                try values.first.flatMap(items)
            })
        db.add(
            function: DatabaseFunction(
                "weir_aggregate", argumentCount: 3, pure: true, aggregate: StoreAggregate.self))
        db.add(
            function: DatabaseFunction(
                "weir_distinct", argumentCount: 3, pure: true, aggregate: DistinctAggregate.self))
        db.add(
            function: DatabaseFunction(
                "weir_single", argumentCount: 1, pure: true, aggregate: SingleValue.self))
    }
}

/// The expressions that a connection has met, compiled; made and used under the mutex only.
private final class ExpressionCache: Sendable {
    private final class Entry {
        let expression: CompiledExpression
        let kinds: [DataType.Kind]

        init(_ stored: StoredExpression) {
            expression = CompiledExpression(stored.expression)
            kinds = stored.inputs.map(\.type.kind)
        }
    }

    private let entries = Mutex<[String: Entry]>([:])
    private static let maximumEntries = 1000

    func evaluate(_ values: [DatabaseValue]) throws -> DatabaseValue {
        try entries.withLock { entries in
            guard values.count >= 2, let inputs = String.fromDatabaseValue(values[0]),
                let text = String.fromDatabaseValue(values[1])
            else { throw StoreError.database("weir takes types, an expression and values") }
            let entry = try Self.entry(inputs, text, &entries)
            guard values.count == entry.kinds.count + 2 else {
                throw StoreError.database("weir takes \(entry.kinds.count) values here")
            }
            let columns = zip(entry.kinds, values.dropFirst(2)).map { kind, value in
                Column.constant(StoredScalar.scalar(value, kind), physical: kind.physical, count: 1)
            }
            let errors = RowErrors()
            let column = entry.expression.evaluate(
                Batch(count: 1, columns: columns), errors: errors)
            if let error = errors.items.first {
                throw StoreError.database("\(error.message), in \(text)")
            }
            return StoredScalar.value(column.scalar(0), entry.expression.type.kind)
        }
    }

    private static func entry(
        _ inputs: String, _ text: String, _ entries: inout [String: Entry]
    ) throws -> Entry {
        let key = inputs + "\u{0}" + text
        if let found = entries[key] { return found }
        let stored: StoredExpression
        do {
            stored = try StoredExpression(inputs: inputs, text: text)
        } catch {
            throw StoreError.database(error.message)
        }
        // Queries of a store are few; somebody who makes them up does not fill the memory.
        if entries.count >= maximumEntries { entries.removeAll() }
        let entry = Entry(stored)
        entries[key] = entry
        return entry
    }
}

/// `weir_distinct(function, type, value)`: an aggregate over the different values of one group.
private struct DistinctAggregate: DatabaseAggregate {
    private var seen: Set<DatabaseValue> = []
    private var aggregate = StoreAggregate()

    init() {}

    mutating func step(_ values: [DatabaseValue]) throws {
        guard values.count == 3, seen.insert(values[2]).inserted else { return }
        try aggregate.step(values)
    }

    func finalize() throws -> (any DatabaseValueConvertible)? { aggregate.finalize() }
}

/// `weir_single(value)`: the value of the only row of a group; a second row is an error.
private struct SingleValue: DatabaseAggregate {
    private var value: DatabaseValue?

    init() {}

    mutating func step(_ values: [DatabaseValue]) throws {
        guard value == nil else {
            throw StoreError.database("a scalar subquery gave more than one row")
        }
        value = values.first
    }

    func finalize() -> (any DatabaseValueConvertible)? { value }
}

/// `weir_aggregate(function, type, value)`: an aggregate over one group.
private struct StoreAggregate: DatabaseAggregate {
    private var accumulator: (any Accumulator)?
    private var kind = DataType.Kind.bigint
    private var result = DataType.Kind.bigint

    init() {}

    mutating func step(_ values: [DatabaseValue]) throws {
        if accumulator == nil { try start(values) }
        let column = Column.constant(
            StoredScalar.scalar(values[2], kind), physical: kind.physical, count: 1)
        accumulator?.accumulate(column, groups: [0], kinds: nil)
    }

    private mutating func start(_ values: [DatabaseValue]) throws {
        guard let name = String.fromDatabaseValue(values[0]),
            let text = String.fromDatabaseValue(values[1]),
            let function = FunctionRegistry.aggregate(named: name)
        else { throw StoreError.database("weir_aggregate takes a function, a type and a value") }
        do {
            kind = try StoredExpression.type(text)
        } catch {
            throw StoreError.database(error.message)
        }
        guard let type = function.resolve(DataType(kind)) else {
            throw StoreError.database("\(name) does not take \(text)")
        }
        result = type.kind
        let made = function.makeAccumulator(kind, result)
        made.grow(to: 1)
        accumulator = made
    }

    /// NULL for no rows: COUNT is SQLite's own.
    func finalize() -> (any DatabaseValueConvertible)? {
        guard let accumulator else { return nil }
        return StoredScalar.value(accumulator.results([0]).scalar(0), result)
    }
}

// What an aggregate function is, and what its state must be able to do.

package import WeirColumnar

/// An aggregate function: typing, documentation and a maker of state.
package struct AggregateFunction: Sendable {
    /// Upper case.
    package let name: String
    /// Empty for a form of another function, which scripts cannot name.
    package let usage: String
    package let documentation: String
    /// Whether it can take rows back, so that it may read an updating table.
    package let supportsRetraction: Bool
    /// How many arguments a call has; several are taken as one ROW of them.
    package let arguments: ClosedRange<Int>
    /// The result type for an argument type (nil for `COUNT(*)`), or nil when it does not fit.
    package let resolve: @Sendable (DataType?) -> DataType?
    /// What is wrong with constant arguments (nil for those that are not), by their number.
    package let problem: (@Sendable ([Double?]) -> (argument: Int, message: String)?)?
    /// A fresh state for an argument type and a result type.
    package let makeAccumulator: @Sendable (DataType.Kind?, DataType.Kind) -> any Accumulator

    /// A fresh state that can do what a call needs.
    ///
    /// - Parameters:
    ///   - retracts: rows may be taken back.
    ///   - merges: groups become one (windows that share slices, sessions).
    ///   - isDistinct: equal values count once; asked for when the caller does not see to it.
    package func accumulator(
        _ argument: DataType.Kind?, _ result: DataType.Kind, retracts: Bool, merges: Bool,
        isDistinct: Bool = false
    ) -> any Accumulator {
        let plain = makeAccumulator(argument, result)
        let isExtreme = name == "MIN" || name == "MAX"
        if !isDistinct || isExtreme {
            if retracts, isExtreme {
                return RetractingExtremes.make(result.physical, isMaximum: name == "MAX")
            }
            let fits =
                (!retracts || supportsRetraction) && (!merges || plain is any MergingAccumulator)
            if fits { return plain }
        }
        return KeptValuesAccumulator(
            physical: argument?.physical ?? .bool, isDistinct: isDistinct,
            inner: { makeAccumulator(argument, result) })
    }

    init(
        name: String, usage: String, documentation: String, supportsRetraction: Bool,
        arguments: ClosedRange<Int> = 1...1,
        problem: (@Sendable ([Double?]) -> (argument: Int, message: String)?)? = nil,
        resolve: @escaping @Sendable (DataType?) -> DataType?,
        makeAccumulator:
            @escaping @Sendable (DataType.Kind?, DataType.Kind) -> any Accumulator
    ) {
        self.name = name
        self.usage = usage
        self.documentation = documentation
        self.supportsRetraction = supportsRetraction
        self.arguments = arguments
        self.problem = problem
        self.resolve = resolve
        self.makeAccumulator = makeAccumulator
    }

    /// What it gives for no rows where that is a text, as the collecting ones do; nil for NULL.
    package func ofNothing(_ result: DataType) -> String? {
        guard !result.isNullable else { return nil }
        let accumulator = makeAccumulator(nil, result.kind)
        accumulator.grow(to: 1)
        guard case .bytes(let bytes) = accumulator.results([0]).scalar(0) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether it is a clause of another function and has no name of its own for users.
    package var isInternal: Bool { usage.isEmpty }
}

/// The state of one aggregate for all groups of an operator; groups are dense numbers.
///
/// Thread-confined: it belongs to one operator.
package protocol Accumulator: AnyObject {
    /// Makes room for groups `0..<count`; new ones are empty.
    func grow(to count: Int)

    /// Adds rows to their groups; rows whose kind is a retraction are taken back.
    ///
    /// - Parameter column: the argument; nil for `COUNT(*)`.
    func accumulate(_ column: Column?, groups: [Int32], kinds: [UInt8]?)

    /// The current result of some groups.
    func results(_ groups: [Int32]) -> Column

    /// Keeps only these groups and numbers them 0, 1, … in this order.
    func compact(keeping groups: [Int32])

    /// Writes the state of a group for a checkpoint.
    func encode(_ group: Int, into bytes: inout StateBytes)

    /// Reads back what `encode` wrote.
    func decode(_ group: Int, from bytes: inout StateBytes)
}

/// State of which two groups can become one, so that windows share their slices.
package protocol MergingAccumulator: Accumulator {
    /// Whether NULL values leave it as it is, so that a FILTER may put NULL in place of a value.
    var skipsNull: Bool { get }

    /// Adds groups of another accumulator of the same kind to groups of this one.
    func merge(_ other: any Accumulator, from: [Int32], into: [Int32])
}

extension MergingAccumulator {
    package var skipsNull: Bool { true }
}

/// State as bytes: fixed-width little-endian numbers and length-prefixed texts.
package struct StateBytes {
    package private(set) var bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    package mutating func write(_ value: Int64) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func write(_ value: Int128) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func write(_ value: [UInt8]) {
        write(Int64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Reads a number; 0 when the bytes are at their end.
    package mutating func readInt64() -> Int64 { readInteger() }

    package mutating func readInt128() -> Int128 { readInteger() }

    private mutating func readInteger<Value: FixedWidthInteger>() -> Value {
        let width = MemoryLayout<Value>.size
        guard position + width <= bytes.count else { return 0 }
        var value: Value = 0
        for index in (0..<width).reversed() {
            value = value << 8 | Value(truncatingIfNeeded: bytes[position + index])
        }
        position += width
        return value
    }

    package mutating func readBytes() -> [UInt8] {
        let count = Int(clamping: readInt64())
        guard count >= 0, count <= bytes.count - position else { return [] }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }
}

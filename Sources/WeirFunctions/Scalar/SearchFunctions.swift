// SQRL's text search and key hash (flink-sql-runner, system functions).

import CWeirHash
import WeirColumnar

/// What words are, for the function and for indexes of texts.
package enum SearchWords {
    /// Letters and digits that stand together, small.
    package static func words(of text: String) -> Set<[UInt8]> {
        Set(text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { Array($0.utf8) })
    }
}

/// The list of these functions.
enum SearchFunctions {
    static let all: [ScalarFunction] = [textSearch, hashColumns]

    static let textSearch = ScalarFunction(
        "TEXT_SEARCH", family: .string, usage: "TEXT_SEARCH(query, text, …)",
        documentation:
            "Which part of the words of the query is in the texts, from 0 to 1; capitals and"
            + " punctuation do not count. NULL texts have no words.",
        examples: [
            FunctionExample("TEXT_SEARCH('Hello World', 'hello john')", "0.5"),
            FunctionExample("TEXT_SEARCH('one two', 'two', 'and one')", "1.0"),
        ],
        isStrict: false,
        resolve: { types in
            guard types.count >= 2, types.allSatisfy({ $0.kind.isString || $0.kind == .null })
            else { return nil }
            return Resolution(
                types.map { _ in .varchar(.max) }, DataType(.double, nullable: types[0].isNullable))
        }
    ) { call in
        var builder = ColumnBuilder(.float64, capacity: call.count)
        for row in 0..<call.count {
            guard !call.arguments[0].isNull(row) else {
                builder.appendNull()
                continue
            }
            let wanted = words(call, 0, row)
            var found: Set<[UInt8]> = []
            for index in call.arguments.indices.dropFirst() {
                found.formUnion(words(call, index, row))
            }
            let hits = wanted.filter(found.contains).count
            builder.append(.float64(wanted.isEmpty ? 0 : Double(hits) / Double(wanted.count)))
        }
        return builder.build()
    }

    private static func words(
        _ call: FunctionCall, _ index: Int, _ row: Int
    ) -> Set<[UInt8]> {
        guard !call.arguments[index].isNull(row) else { return [] }
        return SearchWords.words(of: String(decoding: call.bytes(index, row), as: UTF8.self))
    }

    /// The digest is that of Java's hash codes in decimal digits, so that keys made by SQRL for
    /// texts, numbers and truth values are the same here.
    static let hashColumns = ScalarFunction(
        "HASH_COLUMNS", family: .hash, usage: "HASH_COLUMNS(value, …)",
        documentation: "An MD5 digest of several values, NULLs too, in hexadecimal digits.",
        examples: [FunctionExample("HASH_COLUMNS('a', 1)", "6602294be910b1e3c4571bd98c4d5484")],
        isStrict: false,
        resolve: { types in
            guard !types.isEmpty else { return nil }
            return Resolution(types.map(\.kind), DataType(.char(32), nullable: false))
        }
    ) { call in
        var output = ByteColumn()
        for row in 0..<call.count {
            var text: [UInt8] = []
            for index in call.arguments.indices {
                let code = javaHash(call.arguments[index].scalar(row), call.types[index])
                text.append(text: String(code))
            }
            _ = HashFunctions.append("MD5", text[...], &output.bytes)
            output.offsets.append(Int32(clamping: output.bytes.count))
        }
        return Column(.bytes(output))
    }

    /// Objects.hashCode of the value's Java class.
    private static func javaHash(_ scalar: Scalar, _ kind: DataType.Kind) -> Int32 {
        switch scalar {
        case .null: return 0
        case .bool(let value): return value ? 1231 : 1237
        case .int64(let value) where kind == .bigint: return folded(UInt64(bitPattern: value))
        case .int64(let value) where kind.isInteger: return Int32(truncatingIfNeeded: value)
        case .float64(let value) where kind == .float:
            return Int32(bitPattern: Float(value).bitPattern)
        case .float64(let value): return folded(value.bitPattern)
        default:
            return ValueText.string(scalar, kind: kind).utf16.reduce(0) { $0 &* 31 &+ Int32($1) }
        }
    }

    private static func folded(_ bits: UInt64) -> Int32 {
        Int32(truncatingIfNeeded: Int64(bitPattern: bits ^ bits >> 32))
    }
}

// The columns of a data file that nobody has declared.
//
// The rules are SQRL's: integers are BIGINT, texts that are times are TIMESTAMP_LTZ(3), what is
// there in every record is NOT NULL, columns stand in the order of their first appearance.

import CWeirJSON
import Foundation
import WeirColumnar
package import WeirPlanner
import WeirRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

package enum SchemaDiscovery {
    /// Bytes of a file that are looked at; past them nothing is known to be NOT NULL.
    static let maximumBytes = 8 << 20

    /// Finds the columns of a file by its ending: `.csv`, `.tsv`, `.jsonl`, `.ndjson`, `.json`, each
    /// also with `.gz`, and `.avsc`.
    ///
    /// - Parameter shown: how the user names the file.
    /// - Throws: `FileProblem` when it cannot be read or has no columns.
    package static func schema(path: String, shown: String) throws(FileProblem) -> DataFileSchema {
        let name = shown.lowercased()
        let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        do {
            if plain.hasSuffix(".avsc") { return try AvroSchema.schema(path: path) }
            if plain.hasSuffix(".csv") { return try csv(path, delimiter: ",") }
            if plain.hasSuffix(".tsv") { return try csv(path, delimiter: "\\t") }
            if [".jsonl", ".ndjson", ".json"].contains(where: { plain.hasSuffix($0) }) {
                return try json(path)
            }
        } catch let problem as FileProblem {
            throw FileProblem("\(shown): \(problem.message)")
        } catch {
            throw FileProblem("\(shown): \(error)".replacing(path, with: shown))
        }
        throw FileProblem(
            "\(shown) is of no kind that has columns (csv, tsv, jsonl, json, avsc, or one of the"
                + " first four with .gz)")
    }

    // MARK: CSV

    /// Delimiters of a `.csv` file whose header has no comma.
    private static let otherDelimiters = [";", "\\t", "|"]

    private static func csv(_ path: String, delimiter wanted: String) throws -> DataFileSchema {
        var delimiter = wanted
        var names = try headerNames(path, delimiter: wanted)
        if names.count == 1, wanted == "," {
            for other in otherDelimiters {
                let split = try headerNames(path, delimiter: other)
                guard split.count > 1 else { continue }
                (names, delimiter) = (split, other)
                break
            }
        }
        var options = [(key: "csv.header", value: "true")]
        if delimiter != "," { options.append(("csv.field-delimiter", delimiter)) }
        let fields = names.map { Field($0, DataType(.varchar(.max))) }
        let plan = SourcePlan(
            name: path, connector: "filesystem", format: "csv",
            options: Dictionary(options.map { ($0.key, $0.value) }) { first, _ in first },
            columns: fields)
        let source = try FileSource(
            name: path, files: [path], makeDecoder: { CsvDecoder(plan) },
            position: SourcePosition(),
            context: ConnectorContext(baseDirectory: ""))
        var guesses = names.map { _ in ScalarGuess() }
        var isComplete = true
        while let piece = try source.next() {
            for column in names.indices where piece.batch.columns.indices.contains(column) {
                for row in 0..<piece.batch.count {
                    if case .bytes(let bytes) = piece.batch.columns[column].scalar(row) {
                        guesses[column].see(csv: String(decoding: bytes, as: UTF8.self))
                    } else {
                        guesses[column].hasNull = true
                    }
                }
            }
            if source.progress.read > maximumBytes {
                isComplete = false
                break
            }
        }
        let columns = zip(names, guesses).map { name, guess in
            (name: name, type: guess.type(isComplete: isComplete))
        }
        return DataFileSchema(columns: columns, format: "csv", options: options)
    }

    private static func headerNames(_ path: String, delimiter: String) throws -> [String] {
        let input = try ByteInput(path: path)
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        var length = 0
        while length < bytes.count {
            let got = try bytes.withUnsafeMutableBufferPointer { buffer -> Int in
                guard let base = buffer.baseAddress else { return 0 }
                return try input.read(into: base + length, count: buffer.count - length)
            }
            if got == 0 { break }
            length += got
            if bytes[..<length].contains(0x0A) { break }
        }
        var line = bytes[..<length].prefix { $0 != 0x0A }
        if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        if line.last == 0x0D { line = line.dropLast() }
        guard !line.isEmpty else {
            throw FileProblem("the file is empty, so it has no header to take columns from")
        }
        let byte = delimiter == "\\t" ? 0x09 : delimiter.utf8.first ?? 0x2C
        let names = CsvHeader.names(line, delimiter: byte, quote: 0x22)
        guard names.allSatisfy({ !$0.isEmpty }) else {
            throw FileProblem("the header has a column without a name")
        }
        return names
    }

    // MARK: JSON

    private static func json(_ path: String) throws -> DataFileSchema {
        let input = try ByteInput(path: path)
        var bytes = [UInt8](repeating: 0, count: maximumBytes + 64)
        var length = 0
        while length < maximumBytes {
            let got = try bytes.withUnsafeMutableBufferPointer { buffer -> Int in
                guard let base = buffer.baseAddress else { return 0 }
                return try input.read(into: base + length, count: maximumBytes - length)
            }
            if got == 0 { break }
            length += got
        }
        let isComplete = length < maximumBytes
        // A byte order mark is no part of the first record.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            bytes.replaceSubrange(0..<3, with: "   ".utf8)
        }
        var shape = JsonShape()
        let records = JsonEvents.read(bytes, length: length, isComplete: isComplete) { events in
            shape.see(events)
        }
        guard records > 0 else {
            throw FileProblem("the file has no JSON object to take columns from")
        }
        let columns = shape.columns(isComplete: isComplete)
        guard !columns.isEmpty else { throw FileProblem("the objects of the file have no fields") }
        return DataFileSchema(columns: columns, format: "json", options: [])
    }
}

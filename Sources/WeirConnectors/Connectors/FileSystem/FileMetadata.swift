// What is known of a row besides its fields: the file that it is in (Flink: filesystem connector,
// available metadata).

import Foundation
import WeirColumnar

/// The metadata of one file as columns.
struct FileMetadata {
    static let columns = [
        Field("file.path", DataType(.varchar(.max), nullable: false)),
        Field("file.name", DataType(.varchar(.max), nullable: false)),
        Field("file.size", DataType(.bigint, nullable: false)),
        Field("file.modification-time", DataType(.timestampLTZ(3), nullable: false)),
    ]

    private let values: [String: Scalar]

    init(path: String) {
        let url = URL(fileURLWithPath: path)
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let size = (attributes?[.size] as? NSNumber)?.int64Value
        // A file system may hold any number for a time; one outside of the years 1 to 9999 is NULL.
        let modified = (attributes?[.modificationDate] as? Date).flatMap { date -> Int64? in
            let millis = Int64(exactly: (date.timeIntervalSince1970 * 1000).rounded(.down))
            let micros = millis?.multipliedReportingOverflow(by: 1000)
            guard let micros, !micros.overflow,
                Calendar.timestampRange.contains(micros.partialValue)
            else { return nil }
            return micros.partialValue
        }
        values = [
            "file.path": .string(url.path), "file.name": .string(url.lastPathComponent),
            "file.size": size.map { .int64($0) } ?? .null,
            "file.modification-time": modified.map { .int64($0) } ?? .null,
        ]
    }

    /// The same value for each row; NULL for a key that is not known.
    func column(_ key: String, count: Int) -> Column {
        let physical = Self.columns.first { $0.name == key }?.type.kind.physical ?? .bytes
        return .constant(values[key] ?? .null, physical: physical, count: count)
    }
}

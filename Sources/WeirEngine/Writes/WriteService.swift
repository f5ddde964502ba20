// Takes rows for tables that the API writes: checks them as their source would, and logs them.

import Foundation
import Synchronization
package import WeirColumnar
import WeirConnectors
package import WeirPlanner
import WeirRuntime
import WeirStore

/// Why a write was refused.
package struct WriteRefusal: Error, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether the caller lacks a claim that the table needs.
    package let isForbidden: Bool

    package init(_ description: String, isForbidden: Bool = false) {
        self.description = description
        self.isForbidden = isForbidden
    }
}

/// Rows as they were written, with what the server added.
package struct WrittenRows: Sendable {
    /// Columns of the table.
    package let fields: [Field]
    /// Row by row.
    package let rows: [[Scalar]]
}

/// The writes of a running pipeline.
package final class WriteService: Sendable {
    private let log: WriteLog
    private let tables: [String: WriteTable]
    private let clock: ProcessingClock
    private let makesIdentifier: @Sendable () -> String

    /// Nil when the script has no table that the API writes.
    init?(_ plan: StreamPlan, log: WriteLog?, _ options: EngineOptions) {
        guard let log, !plan.writes.isEmpty else { return nil }
        self.log = log
        clock = options.clock
        makesIdentifier = options.makesIdentifier
        tables = Dictionary(
            plan.writes.map { ($0.name, WriteTable($0, plan)) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The columns of what comes back from a write: those of the records, and computed ones.
    package static func columns(of write: WritePlan, _ plan: StreamPlan) -> [Field] {
        WriteTable(write, plan).fields
    }

    /// Writes rows; returns when they are on the disk.
    ///
    /// - Parameters:
    ///   - rows: for each the values of the columns that the caller gives, by name.
    ///   - claims: of the caller's token.
    /// - Throws: `WriteRefusal` when a row is none of the table's; then nothing is written.
    package func write(
        _ name: String, rows: [[String: JsonValue]], claims: [String: JsonValue]
    ) async throws -> WrittenRows {
        guard let table = tables[name] else { throw WriteRefusal("there is no table \(name)") }
        let records = try rows.map {
            try table.record($0, claims: claims, identifier: makesIdentifier)
        }
        // Checked before they are logged: what is in the log is a row.
        _ = try table.checked(records, time: clock.now())
        let time = try await append(name, table, records)
        return try table.checked(records, time: time)
    }

    private func append(
        _ name: String, _ table: WriteTable, _ records: [WriteRecord]
    ) async throws -> Int64 {
        let time = Mutex<Int64>(0)
        try await withCheckedThrowingContinuation { continuation in
            let given = log.append(table: name) { time in
                records.map { table.text($0, time: time) }
            } done: {
                continuation.resume(with: $0)
            }
            time.withLock { $0 = given }
        }
        return time.withLock { $0 }
    }
}

/// A row before it has a time.
struct WriteRecord: Sendable {
    /// By column; those that are the time of the write are null.
    let values: [JsonValue]
}

/// One table that is written.
private final class WriteTable: Sendable {
    private let plan: WritePlan
    private let check: CheckPlan?
    let fields: [Field]

    init(_ plan: WritePlan, _ all: StreamPlan) {
        self.plan = plan
        let source = all.stages.first { stage in
            if case .source(let source) = stage.node { source.name == plan.name } else { false }
        }
        let checking = all.stages.first { stage in
            if case .check = stage.node { stage.input == source?.id } else { false }
        }
        if case .check(let check)? = checking?.node {
            self.check = check
            fields = checking?.relation.columns ?? []
        } else {
            check = nil
            fields = plan.source.columns
        }
    }

    /// A row with all but the time of the write.
    func record(
        _ given: [String: JsonValue], claims: [String: JsonValue], identifier: () -> String
    ) throws -> WriteRecord {
        var values: [JsonValue] = []
        for (index, column) in plan.source.columns.enumerated() {
            switch plan.metadata[index] {
            case nil: values.append(try value(given[column.name] ?? .null, column))
            case .uuid: values.append(.string(identifier()))
            case .timestamp: values.append(.null)
            case .claim(let name):
                guard let claim = claims[name] else {
                    if column.type.isNullable {
                        values.append(.null)
                        continue
                    }
                    throw WriteRefusal("the claim \"\(name)\" is required", isForbidden: true)
                }
                values.append(try value(claim, column))
            }
        }
        return WriteRecord(values: values)
    }

    private func value(_ json: JsonValue, _ column: Field) throws -> JsonValue {
        if json == .null {
            if column.type.isNullable { return .null }
            throw WriteRefusal("'\(column.name)' must not be null")
        }
        let kind = column.type.kind
        var scalar = NestedValue.scalar(json, kind)
        if case .timestamp = kind, case .string(let text) = json,
            let micros = TimeText.parseTimestamp(Array(text.utf8), allowsZone: true)
        {
            scalar = .int64(micros)
        }
        guard scalar != .null, !kind.isNested || NestedValue.fits(json, kind),
            NestedValue.isKept(json, kind)
        else {
            let shown = json.text.count > 60 ? "\(json.text.prefix(60))…" : json.text
            throw WriteRefusal("'\(column.name)' is \(shown), which is no \(kind)")
        }
        return NestedValue.json(scalar, kind)
    }

    /// A record of the log.
    func text(_ record: WriteRecord, time: Int64) -> String {
        let members = zip(plan.source.columns, record.values).enumerated().map { index, item in
            JsonMember(
                item.0.name,
                plan.metadata[index] == .timestamp ? stamp(time, item.0.type.kind) : item.1)
        }
        return JsonValue.object(members).text
    }

    private func stamp(_ time: Int64, _ kind: DataType.Kind) -> JsonValue {
        NestedValue.json(.int64(time), kind)
    }

    /// The rows that the pipeline will read.
    ///
    /// - Throws: `WriteRefusal` for the first that it would reject.
    func checked(_ records: [WriteRecord], time: Int64) throws -> WrittenRows {
        // A decoder and a check are made for each call: they belong to one thread.
        let texts = records.map { Array(text($0, time: time).utf8) }
        let decoded = RecordTexts(plan.source).decode(texts, end: SourcePosition())
        var rejects = decoded.rejects
        var batch = decoded.batch
        if let check {
            batch = SourceCheck(check, fields: fields, stage: plan.name, watermark: .min)
                .process(batch, rejects: &rejects)
        }
        if let reject = rejects.first { throw WriteRefusal(reject.message) }
        guard batch.count == records.count else {
            throw WriteRefusal("a row could not be read back")
        }
        let rows = (0..<batch.count).map { row in
            fields.indices.map { batch.columns[$0].scalar(row) }
        }
        return WrittenRows(fields: fields, rows: rows)
    }
}

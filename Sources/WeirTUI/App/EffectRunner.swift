// Effects: queries and reads on a thread of their own, answers as messages.

import Foundation
import Synchronization
import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirStore

/// Runs what the model asks for, beside the screen's thread.
final class EffectRunner: Sendable {
    private let session: Session
    private let inbox: Inbox
    private let queries = DispatchQueue(label: "weir queries")
    private let reads = DispatchQueue(label: "weir reads")
    private let reader = ReaderBox()

    init(session: Session, inbox: Inbox) {
        self.session = session
        self.inbox = inbox
    }

    func run(_ effect: Effect) {
        switch effect {
        case .readTail(let stage, let since):
            inbox.post(TailReader.read(session, stage: stage, since: since))
        case .readPreview(let stage):
            let check = session.plan.stages.first {
                $0.input == stage && $0.node.label == "chk"
            }
            let source = check?.id ?? stage
            guard case .tail(_, let rows, _, _) = TailReader.read(session, stage: source, since: 0)
            else { return }
            inbox.post(.preview(stage: stage, rows))
        case .loadRejectGroups: read { try RejectQueries.groups($0) }
        case .loadRejectRows(let rule): read { try RejectQueries.rows($0, rule: rule) }
        case .loadCatalog:
            read { store in
                .catalog(
                    try store.catalog().map { CatalogEntry(table: $0.table, columns: $0.columns) })
            }
        case .runQuery(let number, let sql): query(number, sql)
        case .cancelQuery: reader.current?.interrupt()
        case .setPaused(let value): session.setPaused(value)
        case .saveHistory(let statements): QueryHistory.save(statements)
        case .quit, .suspend, .redraw, .setMouse, .copy: break
        }
    }

    private func read(_ body: @escaping @Sendable (StoreReader) throws -> Message) {
        let path = session.options.storePath
        reads.async { [inbox] in
            do {
                inbox.post(try body(try StoreReader(path: path)))
            } catch {
                inbox.post(.failed("\(error)"))
            }
        }
    }

    private func query(_ number: Int, _ sql: String) {
        let path = session.options.storePath
        queries.async { [inbox, reader] in
            do {
                let store = try StoreReader(path: path)
                reader.current = store
                defer { reader.current = nil }
                let result = try store.query(sql, limit: QueryState.rowLimit)
                inbox.post(.queryDone(number: number, result))
            } catch {
                inbox.post(.queryFailed(number: number, "\(error)"))
            }
        }
    }
}

/// The connection that a query runs on, to be interrupted from another thread.
private final class ReaderBox: Sendable {
    private let value = Mutex<StoreReader?>(nil)

    var current: StoreReader? {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

/// Rows of the ring of a stage as text.
enum TailReader {
    /// Most rows taken at once; what is more went by unseen.
    private static let rowsAtOnce = 500

    static func read(_ session: Session, stage: Int, since: Int64) -> Message {
        let batches = session.tap(stage: stage, since: since)
        guard stage < session.plan.stages.count, let first = batches.first, let last = batches.last
        else { return .tail(stage: stage, rows: [], next: since, missed: 0) }
        let fields = session.plan.stages[stage].relation.columns
        let total = batches.reduce(0) { $0 + $1.batch.count }
        var skipped = max(0, total - rowsAtOnce)
        var rows: [TailRow] = []
        for tapped in batches {
            let batch = tapped.batch
            let start = min(skipped, batch.count)
            skipped -= start
            for row in start..<batch.count { rows.append(text(batch, row, fields)) }
        }
        let passed = since > 0 ? last.endRow - since : last.endRow - first.firstRow
        return .tail(
            stage: stage, rows: rows, next: last.endRow, missed: passed - Int64(rows.count))
    }

    private static func text(_ batch: Batch, _ row: Int, _ fields: [Field]) -> TailRow {
        let values = zip(fields, batch.columns).map { field, column in
            let scalar = column.scalar(row)
            return scalar == .null ? "∅" : ValueText.string(scalar, kind: field.type.kind)
        }
        var place = ""
        var raw: String?
        if let origin = batch.origin {
            let record = Int(origin.records[row])
            place =
                "\(origin.chunk.source) line \(origin.chunk.lines[record])"
                + " byte \(origin.chunk.offset(record))"
            raw = String(decoding: origin.chunk.record(record).prefix(4096), as: UTF8.self)
        }
        return TailRow(
            kind: batch.kind(row).symbol, values: values, place: place,
            json: RowText.json(batch, row, fields), raw: raw)
    }
}

/// Reading rejects from the store.
enum RejectQueries {
    static func groups(_ store: StoreReader) throws -> Message {
        let result = try store.query(
            """
            SELECT count(*), rule, coalesce(source, stage), min(code) FROM weir_rejects
            GROUP BY rule, 3 ORDER BY 1 DESC
            """, limit: 1000)
        return .rejectGroups(
            result.rows.map {
                RejectGroup(
                    count: Int64($0[0].text) ?? 0, rule: $0[1].text, source: $0[2].text,
                    code: $0[3].text)
            })
    }

    static func rows(_ store: StoreReader, rule: String) throws -> Message {
        let escaped = rule.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "''")
        let result = try store.query(
            """
            SELECT coalesce(source, stage), line, byte_offset, "column", value, message, raw
            FROM weir_rejects WHERE rule = '\(escaped)' ORDER BY id DESC LIMIT 500
            """, limit: RejectsState.rowLimit)
        return .rejectRows(
            rule: rule,
            result.rows.map {
                RejectRow(
                    source: $0[0].text, line: $0[1].text, offset: $0[2].text, column: $0[3].text,
                    value: $0[4].text, message: $0[5].text, raw: $0[6].text)
            })
    }
}

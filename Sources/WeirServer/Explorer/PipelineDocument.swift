// The pipeline as it runs, and its rejects by cause, as JSON for pages and programs.

import WeirColumnar
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirStore

enum PipelineDocument {
    /// Stages with their inputs and counters, and the state of the run.
    static func json(
        _ session: Session, _ requests: RequestMetrics, followers: Int
    ) -> JsonValue {
        let snapshot = session.snapshot()
        let metrics = requests.snapshot
        let answered = metrics.histograms.values.reduce(0) { $0 + $1.count }
        let failed = metrics.histograms.reduce(0) { sum, item in
            item.key.status >= 500 ? sum + item.value.count : sum
        }
        return object([
            ("name", .string(session.project.name)),
            ("state", .string(PrometheusText.word(snapshot.state))),
            ("seconds", number(snapshot.uptimeSeconds)),
            (
                "commit",
                object([
                    ("count", number(snapshot.commit.commits)),
                    ("at", number(snapshot.commit.lastAt)),
                    ("seconds", number(Double(snapshot.commit.lastNanos) / 1e9)),
                ])
            ),
            (
                "api",
                object([
                    ("requests", number(answered)), ("failed", number(failed)),
                    ("active", number(metrics.active)), ("followers", number(followers)),
                    ("webSockets", number(requests.webSockets)),
                ])
            ),
            ("stages", .array(snapshot.stages.map { stage($0, snapshot.stages) })),
        ])
    }

    private static func stage(_ stage: StageSnapshot, _ all: [StageSnapshot]) -> JsonValue {
        let counters = stage.counters
        let inputs = stage.plan.inputs.compactMap { id in
            all.first { $0.plan.id == id }.map { JsonValue.string($0.plan.name) }
        }
        let ledger = counters.ledger.sorted { $0.key.rawValue < $1.key.rawValue }
        var members: [(String, JsonValue)] = [
            ("name", .string(stage.plan.name)), ("kind", .string(stage.plan.node.label)),
            ("inputs", .array(inputs)), ("rowsIn", number(counters.rowsIn)),
            ("rowsOut", number(counters.rowsOut)),
            ("busySeconds", number(Double(counters.busyNanos) / 1e9)),
            ("blockedSeconds", number(Double(counters.blockedNanos) / 1e9)),
            ("queued", number(counters.queued)), ("capacity", number(counters.queueCapacity)),
            ("stateBytes", number(counters.stateBytes)),
            ("p99Milliseconds", number(counters.latencyMillis(99))),
            (
                "ledger",
                .object(ledger.map { JsonMember($0.key.rawValue, number($0.value)) })
            ),
        ]
        if counters.watermark > .min, counters.watermark < .max {
            members.append(("watermark", number(Double(counters.watermark) / 1e6)))
        }
        if counters.bytesTotal > 0 {
            members.append(("bytesRead", number(counters.bytesRead)))
            members.append(("bytesTotal", number(counters.bytesTotal)))
        }
        return object(members)
    }

    /// Rejects grouped by cause, most first; never the refused data itself.
    static func rejects(_ store: ServingPool) async throws -> JsonValue {
        let rows = try await store.read(isOne: true) { connection in
            try connection.rows(
                """
                SELECT count(*), rule, coalesce(source, stage), code, min("column")
                FROM weir_rejects GROUP BY 2, 3, 4 ORDER BY 1 DESC, 2, 3 LIMIT 200
                """, width: 5, parameters: [])
        }
        func text(_ row: Int, _ column: Int) -> JsonValue {
            let cell = rows.cell(row, column)
            return cell.kind == .text
                ? .string(String(decoding: rows.text(cell), as: UTF8.self)) : .null
        }
        return .array(
            (0..<rows.count).map { row in
                object([
                    ("count", number(rows.cell(row, 0).integer)), ("rule", text(row, 1)),
                    ("from", text(row, 2)), ("code", text(row, 3)), ("column", text(row, 4)),
                ])
            })
    }

    private static func object(_ members: [(String, JsonValue)]) -> JsonValue {
        .object(members.map { JsonMember($0, $1) })
    }

    private static func number(_ value: some BinaryInteger) -> JsonValue { .number("\(value)") }

    private static func number(_ value: Double) -> JsonValue {
        value.isFinite ? .number("\(value)") : .null
    }
}

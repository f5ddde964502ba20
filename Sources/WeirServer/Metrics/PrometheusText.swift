// Counters of pipeline and server in the text format of Prometheus (exposition formats 0.0.4).

import Foundation
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirStore

/// One metric with its values.
private struct Metric {
    let name: String
    let kind: String
    let help: String
    var lines: [String] = []

    /// - Parameter labels: in their order.
    mutating func add(_ labels: [(String, String)], _ value: some CustomStringConvertible) {
        lines.append(PrometheusText.line(name, labels, value))
    }

    var text: String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n" + lines.joined()
    }
}

enum PrometheusText {
    /// Everything there is; the pipeline's metrics only when there is one.
    static func metrics(
        _ snapshot: EngineSnapshot?, _ requests: RequestMetrics, _ store: ServingPool
    ) -> String {
        let pipeline = snapshot.map { stages($0) + commits($0) + [state($0)] } ?? []
        let own = reads(store) + process(store)
        return (pipeline.map(\.text) + [server(requests)] + own.map(\.text)).joined()
    }

    private static func process(_ store: ServingPool) -> [Metric] {
        var info = Metric(name: "weir_build_info", kind: "gauge", help: "Always 1; the version.")
        info.add([("version", Product.version)], 1)
        var metrics = [info]
        if let bytes = ProcessMetrics.bytes(of: store.path + "-wal") {
            var wal = Metric(
                name: "weir_sqlite_wal_bytes", kind: "gauge",
                help: "What has been written to the store and not moved to its place yet.")
            wal.add([], bytes)
            metrics.append(wal)
        }
        for item in ProcessMetrics.all {
            var metric = Metric(name: item.name, kind: item.kind, help: item.help)
            metric.add([], item.value)
            metrics.append(metric)
        }
        return metrics
    }

    private static func reads(_ store: ServingPool) -> [Metric] {
        var statements = Metric(
            name: "weir_sqlite_statements_total", kind: "counter",
            help: "Statements that the API ran.")
        statements.add([], store.statements)
        var time = Metric(
            name: "weir_sqlite_read_seconds_total", kind: "counter",
            help: "Time that the API's connections were in use.")
        time.add([], store.readSeconds)
        return [statements, time]
    }

    static func word(_ state: RunState) -> String {
        switch state {
        case .running: "running"
        case .finished: "finished"
        case .stopped: "stopped"
        case .failed: "failed"
        }
    }

    fileprivate static func line(
        _ name: String, _ labels: [(String, String)], _ value: some CustomStringConvertible
    ) -> String {
        let text = labels.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
        return text.isEmpty ? "\(name) \(value)\n" : "\(name){\(text)} \(value)\n"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }

    // MARK: Pipeline

    private static func stages(_ snapshot: EngineSnapshot) -> [Metric] {
        var records = Metric(
            name: "weir_operator_records_total", kind: "counter", help: "Rows in and out of stages."
        )
        var time = Metric(
            name: "weir_operator_time_seconds_total", kind: "counter",
            help: "Time of stages by what they did.")
        var state = Metric(
            name: "weir_state_bytes", kind: "gauge", help: "Memory of the state of stages.")
        var dropped = Metric(
            name: "weir_records_dropped_total", kind: "counter",
            help: "Rows that did not come through, by reason.")
        var queued = Metric(
            name: "weir_queue_batches", kind: "gauge", help: "Batches that wait before a stage.")
        var watermark = Metric(
            name: "weir_watermark_timestamp_seconds", kind: "gauge",
            help: "Event time up to which rows have come.")
        var capacity = Metric(
            name: "weir_queue_capacity_batches", kind: "gauge",
            help: "Batches that may wait before a stage.")
        var lag = Metric(
            name: "weir_event_time_lag_seconds", kind: "gauge",
            help: "How far event time is behind the clock.")
        var pending = Metric(
            name: "weir_source_pending_bytes", kind: "gauge",
            help: "Bytes of a source that have not been read.")
        let now = Date().timeIntervalSince1970
        for stage in snapshot.stages {
            let name = ("operator", stage.plan.name)
            let counters = stage.counters
            records.add([name, ("direction", "in")], counters.rowsIn)
            records.add([name, ("direction", "out")], counters.rowsOut)
            time.add([name, ("state", "busy")], seconds(counters.busyNanos))
            time.add([name, ("state", "backpressured")], seconds(counters.blockedNanos))
            state.add([name], counters.stateBytes)
            queued.add([name], counters.queued)
            for reason in [LedgerReason.late, .rejected, .timeless, .duplicate] {
                dropped.add([name, ("reason", reason.rawValue)], counters.ledger[reason] ?? 0)
            }
            capacity.add([name], counters.queueCapacity)
            if counters.watermark > .min, counters.watermark < .max {
                watermark.add([name], Double(counters.watermark) / 1e6)
                lag.add([name], max(0, now - Double(counters.watermark) / 1e6))
            }
            if counters.bytesTotal > 0 {
                let source = ("source", stage.plan.name)
                pending.add([source], max(0, counters.bytesTotal - counters.bytesRead))
            }
        }
        return [records, time, state, dropped, queued, capacity, watermark, lag, pending]
    }

    private static func commits(_ snapshot: EngineSnapshot) -> [Metric] {
        var total = Metric(
            name: "weir_checkpoints_total", kind: "counter", help: "Commits of the store.")
        total.add([("result", "completed")], snapshot.commit.commits)
        var last = Metric(
            name: "weir_checkpoint_last_success_timestamp_seconds", kind: "gauge",
            help: "When the last commit was.")
        last.add([], snapshot.commit.lastAt)
        var duration = Metric(
            name: "weir_sqlite_commit_duration_seconds", kind: "gauge",
            help: "How long the last commit took.")
        duration.add([], seconds(snapshot.commit.lastNanos))
        return [total, last, duration]
    }

    private static func state(_ snapshot: EngineSnapshot) -> Metric {
        var metric = Metric(
            name: "weir_pipeline_state", kind: "gauge", help: "1 for the state of the pipeline.")
        for word in ["running", "finished", "stopped", "failed"] {
            metric.add([("state", word)], self.word(snapshot.state) == word ? 1 : 0)
        }
        return metric
    }

    private static func seconds(_ nanos: UInt64) -> Double { Double(nanos) / 1e9 }

    // MARK: Server

    private static func server(_ requests: RequestMetrics) -> String {
        let (active, histograms) = requests.snapshot
        var gauge = Metric(
            name: "http_server_active_requests", kind: "gauge", help: "Requests that run now.")
        gauge.add([], active)
        var direct = Metric(
            name: "weir_api_direct_requests_total", kind: "counter",
            help: "Requests that were answered on the event loop, without a task.")
        direct.add([], requests.direct)
        var sockets = Metric(
            name: "weir_websocket_connections", kind: "gauge", help: "WebSockets that are open.")
        sockets.add([], requests.webSockets)
        var duration = Metric(
            name: "http_server_request_duration_seconds", kind: "histogram",
            help: "How long requests took.")
        let sorted = histograms.sorted {
            ($0.key.route, $0.key.method, $0.key.status)
                < ($1.key.route, $1.key.method, $1.key.status)
        }
        for (key, histogram) in sorted {
            let labels = [
                ("http_request_method", key.method), ("http_route", key.route),
                ("http_response_status_code", String(key.status)),
            ]
            var below = 0
            for (bucket, bound) in zip(histogram.buckets, RequestMetrics.bounds) {
                below += bucket
                duration.lines.append(
                    line(duration.name + "_bucket", labels + [("le", "\(bound)")], below))
            }
            duration.lines.append(
                line(duration.name + "_bucket", labels + [("le", "+Inf")], histogram.count))
            duration.lines.append(line(duration.name + "_sum", labels, histogram.seconds))
            duration.lines.append(line(duration.name + "_count", labels, histogram.count))
        }
        return gauge.text + direct.text + sockets.text + duration.text
    }
}

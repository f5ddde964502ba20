// A load on a server that runs: what each endpoint does, where the time goes, where it breaks.

import Foundation
import Histogram
import WeirColumnar
import WeirServer

struct ServerLoad {
    private let command: APIBenchCommand
    private let host: String
    private let port: Int

    init(_ command: APIBenchCommand, _ url: String) throws {
        self.command = command
        guard let parts = URLComponents(string: url), parts.scheme == "http", let host = parts.host,
            ["127.0.0.1", "localhost"].contains(host), let port = parts.port
        else {
            throw Failure.usage(
                "--url is a server on this machine, such as http://127.0.0.1:8888, not '\(url)'")
        }
        self.host = "\(host):\(port)"
        self.port = port
    }

    func run() throws {
        guard let connection = LoadConnection(port: port) else {
            throw Failure.work("\(host) takes no connection; is 'weir run' serving there?")
        }
        connection.end()
        let requests = try self.requests()
        if command.find { return try find(requests) }
        let before = try metrics()
        let result = try load(requests, rate: command.rate)
        let after = try metrics()
        let columns = ["REQUEST", "N", "P50 MS", "P90 MS", "P99 MS", "MAX MS"]
        let rows = requests.enumerated().map { number, request in
            [request.name, String(result.latencies[number].totalCount)]
                + [50, 90, 99, 100].map { shown(result.latency($0, of: number)) }
        }
        Console.output(Self.table([columns] + rows))
        Console.output(
            "\(Int(result.rate)) requests/s, \(result.failures) failed, \(result.unanswered) unanswered,"
                + " \(shown(Double(result.bytes) / result.seconds / 1e6)) MB/s,"
                + " p50 \(shown(result.latency(50))) ms, p99 \(shown(result.latency(99))) ms\n")
        guard result.requests > 0 else { throw Failure.work("\(host) answered nothing") }
        explain(result, before, after)
    }

    private func load(_ requests: [LoadRequest], rate: Double?) throws -> LoadResult {
        let generator = LoadGenerator(
            port: port, requests: requests, connections: command.connections, rate: rate)
        guard let result = generator.run(seconds: command.seconds) else {
            throw Failure.work("\(host) takes no connection")
        }
        if let name = result.endless {
            throw Failure.work(
                "the answer to '\(name)' is a stream, which never ends; give requests with answers")
        }
        return result
    }

    /// Those of the command, else each query of the specification that needs no argument.
    private func requests() throws -> [LoadRequest] {
        var texts = command.request
        if texts.isEmpty {
            guard case .object(let members)? = JsonValue.parse(try body("/v1/openapi")),
                case .object(let paths)? = members.first(where: { $0.key == "paths" })?.value
            else { throw Failure.work("\(host) has no specification; give --request") }
            texts = paths.compactMap { path in
                Self.needsArguments(path.value) || !path.key.contains("/queries/")
                    ? nil : "GET \(path.key)"
            }
            guard !texts.isEmpty else {
                throw Failure.work("\(host) has no query without arguments; give --request")
            }
        }
        return try texts.map { text in
            guard
                let request = LoadRequest(
                    text, host: host, token: command.token, keys: command.keys)
            else {
                throw Failure.usage(
                    "'\(text)' is no request: [WEIGHT] METHOD PATH [BODY], with a weight of 1 to 1000"
                        + " and GET or POST")
            }
            return request
        }
    }

    /// Whether a path of an OpenAPI document has a parameter that must be given.
    static func needsArguments(_ path: JsonValue) -> Bool {
        guard case .object(let methods) = path else { return false }
        return methods.contains { method in
            guard case .object(let members) = method.value,
                case .array(let parameters)? = members.first(where: { $0.key == "parameters" })?
                    .value
            else { return false }
            return parameters.contains { parameter in
                guard case .object(let facts) = parameter else { return false }
                return facts.contains { $0.key == "required" && $0.value == .bool(true) }
            }
        }
    }

    /// Half as much again until a step fails.
    private func find(_ requests: [LoadRequest]) throws {
        var rate = command.rate ?? 200
        var last: Double?
        while true {
            let result = try load(requests, rate: rate)
            let p99 = result.latency(99)
            let isKept = result.rate > rate * 0.95 && p99 <= command.limit && !result.hasFailures
            Console.output(
                "\(Int(rate)) asked  \(Int(result.rate)) answered/s  p50 \(shown(result.latency(50)))"
                    + "  p99 \(shown(p99)) ms  \(result.failures) failed"
                    + (result.unanswered > 0 ? "  \(result.unanswered) unanswered" : "")
                    + (isKept ? "" : "  breaks") + "\n")
            guard isKept else { break }
            last = rate
            rate *= 1.5
        }
        Console.output(
            last.map { "it follows \(Int($0)) requests/s and not \(Int(rate))\n" }
                ?? "it does not follow \(Int(rate)) requests/s; try --rate\n")
    }

    // MARK: Where the time goes

    private struct Metrics {
        var server = 0.0
        var store = 0.0
    }

    private func metrics() throws -> Metrics {
        var found = Metrics()
        for line in String(decoding: try body("/metrics"), as: UTF8.self).split(separator: "\n") {
            guard let value = line.split(separator: " ").last.flatMap({ Double($0) }) else {
                continue
            }
            if line.hasPrefix("http_server_request_duration_seconds_sum") { found.server += value }
            if line.hasPrefix("weir_sqlite_read_seconds_total") { found.store += value }
        }
        return found
    }

    private func explain(_ result: LoadResult, _ before: Metrics, _ after: Metrics) {
        let count = Double(max(1, result.requests))
        let server = (after.server - before.server) / count * 1e6
        let store = (after.store - before.store) / count * 1e6
        let client = result.latency(50) * 1000
        Console.output(
            "a request: \(Int(store)) µs in SQLite, \(Int(max(0, server - store))) µs else in the"
                + " server's routes, \(Int(max(0, client - server))) µs network and waiting (median)\n"
        )
    }

    private func body(_ path: String) throws -> [UInt8] {
        let url = "http://\(host)\(path)"
        guard let address = URL(string: url) else { throw Failure.usage("\(url) is no address") }
        let token = command.token
        do {
            return try Blocking.run { try await LoadFetch.body(address, token: token) }
        } catch {
            throw Failure.work("\(url): \(error)")
        }
    }

    private func shown(_ value: Double) -> String {
        value < 10 ? "\((value * 100).rounded() / 100)" : "\((value * 10).rounded() / 10)"
    }

    private static func table(_ rows: [[String]]) -> String {
        let widths = (0..<(rows.first?.count ?? 0)).map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, text in
                let gap = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + gap : gap + text
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}

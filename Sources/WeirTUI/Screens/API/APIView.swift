// What is asked of the API: endpoints with their rates and latencies, the last requests, one of them.

import WeirEngine
import WeirTerminal

enum APIView {
    static func draw(_ model: Model, _ body: Rect, _ buffer: inout ScreenBuffer) {
        guard let status = model.api.status else {
            buffer.put(
                " nothing is served: the script has no table for an API, or --listen is off", x: 0,
                y: body.y + 1, model.theme[.muted])
            return
        }
        let isWide = body.width >= 160
        if isWide {
            let left = Rect(
                x: body.x, y: body.y, width: body.width / 2, height: body.height - 1)
            let right = Rect(
                x: left.right + 1, y: body.y, width: body.width - left.width - 1,
                height: body.height - 1)
            drawEndpoints(status, model, left, &buffer)
            drawRequests(model, right, &buffer)
        } else {
            let wanted = min(status.endpoints.count + 2, max(3, body.height / 2))
            let (top, rest) = body.splitTop(wanted)
            drawEndpoints(status, model, top, &buffer)
            let (requests, _) = rest.splitTop(rest.height - 1)
            drawRequests(model, requests, &buffer)
        }
        drawFoot(status, model, body, &buffer)
    }

    // MARK: Endpoints

    private static func drawEndpoints(
        _ status: APIStatus, _ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer
    ) {
        let theme = model.theme
        let spark = area.width >= 70 ? min(20, area.width / 5) : 0
        let numbers = [("REQ/s", 7), ("p50", 7), ("p99", 7), ("4xx", 5), ("5xx", 5)]
        let name = max(10, area.width - 2 - numbers.reduce(0) { $0 + $1.1 } - spark - 1)
        buffer.putCell("ENDPOINT", x: area.x + 1, y: area.y, width: name, theme[.heading])
        var x = area.x + 1 + name
        for (title, width) in numbers {
            buffer.putCell(title, x: x, y: area.y, width: width, theme[.heading], alignRight: true)
            x += width
        }
        if spark > 0 {
            buffer.putCell("LAST 5 MIN", x: x + 1, y: area.y, width: spark, theme[.heading])
        }
        if status.endpoints.isEmpty {
            buffer.put(" nobody has asked anything yet", x: area.x, y: area.y + 1, theme[.muted])
        }
        let list = model.api.endpoints
        for (offset, index) in list.window(
            height: area.height - 1, count: status.endpoints.count
        ).enumerated() {
            let endpoint = status.endpoints[index]
            let isSelected = index == list.selected && !model.api.isInRequests
            let y = area.y + 1 + offset
            func style(_ role: Role) -> Style { theme.row(role, isSelected: isSelected) }
            if isSelected {
                buffer.fill(Rect(x: area.x, y: y, width: area.width, height: 1), style(.text))
            }
            buffer.put(isSelected ? ">" : " ", x: area.x, y: y, style(.key))
            buffer.putCell(APIState.name(endpoint), x: area.x + 1, y: y, width: name, style(.text))
            let values: [(String, Role)] = [
                (Format.rate(model.api.rate(endpoint)), .number),
                (Format.millis(endpoint.p50), .number), (Format.millis(endpoint.p99), .number),
                (count(endpoint.refused), endpoint.refused > 0 ? .warn : .muted),
                (count(endpoint.failed), endpoint.failed > 0 ? .error : .muted),
            ]
            var x = area.x + 1 + name
            for ((text, role), (_, width)) in zip(values, numbers) {
                buffer.putCell(text, x: x, y: y, width: width, style(role), alignRight: true)
                x += width
            }
            if spark > 0 {
                let values = model.api.series(endpoint, parts: spark)
                buffer.put(
                    Charts.sparkline(values, width: spark), x: x + 1, y: y, style(.series1))
            }
        }
    }

    private static func count(_ value: Int) -> String {
        value == 0 ? "-" : Format.compact(Double(value))
    }

    // MARK: Requests

    private static func drawRequests(_ model: Model, _ area: Rect, _ buffer: inout ScreenBuffer) {
        guard area.height > 1 else { return }
        let theme = model.theme
        Chrome.rule("recent requests, newest first", area, model, &buffer)
        let rows = model.api.shown
        let list = model.api.requests
        let client = area.width >= 90 ? 16 : 0
        let path = max(8, area.width - 37 - client)
        for (offset, index) in list.window(height: area.height - 1, count: rows.count).enumerated()
        {
            let row = rows[index]
            let isSelected = index == list.selected && model.api.isInRequests
            let y = area.y + 1 + offset
            func style(_ role: Role) -> Style { theme.row(role, isSelected: isSelected) }
            if isSelected {
                buffer.fill(Rect(x: area.x, y: y, width: area.width, height: 1), style(.text))
            }
            buffer.put(isSelected ? ">" : " ", x: area.x, y: y, style(.key))
            buffer.putCell(clock(row.at), x: area.x + 1, y: y, width: 9, style(.muted))
            let role: Role = row.status >= 500 ? .error : row.status >= 400 ? .warn : .ok
            buffer.putCell("\(row.status)", x: area.x + 10, y: y, width: 4, style(role))
            buffer.putCell(
                "\(row.method) \(row.path)", x: area.x + 14, y: y, width: path, style(.text))
            var x = area.x + 14 + path
            buffer.putCell(
                Format.millis(row.millis), x: x, y: y, width: 9, style(.number), alignRight: true)
            x += 9
            buffer.putCell(
                row.bytes.map { Format.bytes(Int64($0)) } ?? "stream", x: x, y: y, width: 11,
                style(.number), alignRight: true)
            x += 12
            if client > 0 {
                buffer.putCell(
                    row.client.isEmpty ? "-" : row.client, x: x, y: y, width: client, style(.muted))
            }
        }
    }

    /// Hours, minutes and seconds in UTC.
    private static func clock(_ seconds: Double) -> String {
        let day = Int(seconds) % 86_400
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(two(day / 3600)):\(two(day / 60 % 60)):\(two(day % 60))"
    }

    private static func drawFoot(
        _ status: APIStatus, _ model: Model, _ body: Rect, _ buffer: inout ScreenBuffer
    ) {
        var parts = [
            "serving \(status.address)", "\(status.followers) following",
            "\(status.webSockets) WebSockets", "tokens \(status.asksForTokens ? "on" : "off")",
        ]
        if let problem = status.problem { parts.insert(problem, at: 1) }
        if let request = model.api.selectedRequest, model.api.isInRequests {
            parts = [request.path, "id \(request.id)"]
        }
        buffer.putCell(
            " " + parts.joined(separator: " · "), x: body.x, y: body.bottom - 1,
            width: body.width, model.theme[.muted])
    }
}

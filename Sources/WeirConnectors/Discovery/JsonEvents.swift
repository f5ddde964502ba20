// JSON records as events, for those who do not know their fields.

import CWeirJSON

/// One event of a record.
enum JsonEvent {
    case beginObject
    case endObject
    case beginArray
    case endArray
    case key(String)
    case text(ArraySlice<UInt8>)
    case integer
    case number
    case boolean
    case null
}

enum JsonEvents {
    /// Gives the events of each line that is an object.
    ///
    /// - Parameters:
    ///   - bytes: `length` bytes and 64 more.
    ///   - isComplete: whether the last line is whole.
    /// - Returns: how many lines are objects.
    static func read(
        _ bytes: [UInt8], length: Int, isComplete: Bool, _ body: ([JsonEvent]) -> Void
    ) -> Int {
        guard let parser = weir_json_create() else { return 0 }
        defer { weir_json_destroy(parser) }
        var records = 0
        var start = 0
        var line: [UInt8] = []
        var out: [CChar] = []
        while start < length {
            let rest = bytes[start..<length]
            let end = rest.firstIndex(of: 0x0A)
            if end == nil, !isComplete { break }
            let stop = end ?? length
            if stop > start {
                line.removeAll(keepingCapacity: true)
                line += bytes[start..<stop]
                line += [UInt8](repeating: 0, count: 64)
                let size = 2 * (stop - start) + 64
                if out.count < size { out = [CChar](repeating: 0, count: size) }
                let used = line.withUnsafeBytes { source -> Int in
                    guard let base = source.bindMemory(to: CChar.self).baseAddress else {
                        return -1
                    }
                    return weir_json_events(parser, base, stop - start, &out, out.count)
                }
                if used > 0 {
                    records += 1
                    body(decode(out[..<used].map { UInt8(bitPattern: $0) }))
                }
            }
            start = stop + 1
        }
        return records
    }

    private static func decode(_ tape: [UInt8]) -> [JsonEvent] {
        var events: [JsonEvent] = []
        var index = 0
        while index < tape.count {
            let kind = tape[index]
            index += 1
            switch kind {
            case UInt8(ascii: "{"): events.append(.beginObject)
            case UInt8(ascii: "}"): events.append(.endObject)
            case UInt8(ascii: "["): events.append(.beginArray)
            case UInt8(ascii: "]"): events.append(.endArray)
            case UInt8(ascii: "i"): events.append(.integer)
            case UInt8(ascii: "d"): events.append(.number)
            case UInt8(ascii: "b"): events.append(.boolean)
            case UInt8(ascii: "z"): events.append(.null)
            default:
                let size = (0..<4).reduce(0) { $0 | Int(tape[index + $1]) << (8 * $1) }
                let text = tape[index + 4..<index + 4 + size]
                index += 4 + size
                let isKey = kind == UInt8(ascii: "k")
                events.append(isKey ? .key(String(decoding: text, as: UTF8.self)) : .text(text))
            }
        }
        return events
    }
}

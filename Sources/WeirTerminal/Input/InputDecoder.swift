// Bytes from the terminal to events: a state machine without any terminal behind it.

/// Decodes UTF-8, control bytes, CSI and SS3 sequences (xterm and relatives), SGR mouse reports,
/// bracketed paste and focus reports. Sequences may come in pieces; what is not known is dropped.
package struct InputDecoder: Sendable {
    private var pending: [UInt8] = []
    private var paste: [UInt8]?
    private static let maximumSequence = 64
    private static let maximumPaste = 1 << 20

    package init() {}

    /// Whether a lone ESC waits for what may follow; ask `flush` after a short time.
    package var isWaiting: Bool { !pending.isEmpty }

    /// Takes bytes and gives the events that are complete.
    package mutating func decode(_ bytes: some Sequence<UInt8>) -> [InputEvent] {
        var events: [InputEvent] = []
        for byte in bytes {
            if paste != nil {
                takePaste(byte, &events)
                continue
            }
            pending.append(byte)
            step(&events)
        }
        return events
    }

    /// Nothing followed in time: an ESC is the key Escape.
    package mutating func flush() -> [InputEvent] {
        guard !pending.isEmpty else { return [] }
        let bytes = pending
        pending = []
        if bytes == [0x1B] { return [.key(KeyPress(.escape))] }
        if bytes == [0x1B, 0x5B] { return [.key(KeyPress(.character("["), alt: true))] }
        if bytes == [0x1B, 0x4F] { return [.key(KeyPress(.character("O"), alt: true))] }
        return []
    }

    private mutating func step(_ events: inout [InputEvent]) {
        guard let first = pending.first else { return }
        if first != 0x1B {
            guard let key = plain() else { return }
            events.append(.key(KeyPress(key)))
            return
        }
        guard pending.count > 1 else { return }
        switch pending[1] {
        case 0x5B: stepCSI(&events)
        case 0x4F:
            guard pending.count > 2 else { return }
            if let key = Self.finals[pending[2]] { events.append(.key(KeyPress(key))) }
            pending = []
        case 0x1B:
            events.append(.key(KeyPress(.escape)))
            pending.removeFirst()
        default:
            let escape = pending.removeFirst()
            guard let key = plain() else {
                if !pending.isEmpty { pending.insert(escape, at: 0) }
                return
            }
            events.append(.key(KeyPress(key, alt: true)))
        }
    }

    /// A key of one character; nil while its bytes are not all there.
    private mutating func plain() -> Key? {
        guard let first = pending.first else { return nil }
        if first < 0x80 {
            pending.removeFirst()
            return Self.control(first)
        }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
        let isBroken = pending.dropFirst().contains { $0 & 0xC0 != 0x80 }
        if pending.count < length, !isBroken { return nil }
        let text = String(decoding: pending, as: UTF8.self)
        pending = []
        return text.unicodeScalars.first.map { .character($0) }
    }

    private static func control(_ byte: UInt8) -> Key {
        switch byte {
        case 0x0D: .enter
        case 0x09: .tab
        case 0x7F, 0x08: .backspace
        case 0x00: .control(" ")
        case 0x01...0x1A: .control(Unicode.Scalar(byte + 0x60))
        case 0x1C...0x1F: .control(Unicode.Scalar(byte + 0x40))
        default: .character(Unicode.Scalar(byte))
        }
    }

    private static let finals: [UInt8: Key] = [
        0x41: .up, 0x42: .down, 0x43: .right, 0x44: .left, 0x48: .home, 0x46: .end, 0x5A: .backTab,
        0x50: .function(1), 0x51: .function(2), 0x52: .function(3), 0x53: .function(4),
        0x4D: .enter,
    ]

    private static let numbered: [Int: Key] = [
        1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
        11: .function(1), 12: .function(2), 13: .function(3), 14: .function(4), 15: .function(5),
        17: .function(6), 18: .function(7), 19: .function(8), 20: .function(9), 21: .function(10),
        23: .function(11), 24: .function(12),
    ]

    private mutating func stepCSI(_ events: inout [InputEvent]) {
        guard let last = pending.last, pending.count > 2 else { return }
        // The Linux console sends ESC [ [ A for F1.
        if pending[2] == 0x5B {
            guard pending.count > 3 else { return }
            if (0x41...0x45).contains(pending[3]) {
                events.append(.key(KeyPress(.function(Int(pending[3]) - 0x40))))
            }
            pending = []
            return
        }
        guard (0x40...0x7E).contains(last) else {
            if pending.count > Self.maximumSequence || last < 0x20 || last > 0x7E { pending = [] }
            return
        }
        let body = pending[2..<(pending.count - 1)]
        pending = []
        finishCSI(String(decoding: body, as: UTF8.self), last, &events)
    }

    private mutating func finishCSI(_ body: String, _ final: UInt8, _ events: inout [InputEvent]) {
        if body.hasPrefix("<"), final == 0x4D || final == 0x6D {
            if let event = Self.mouse(body.dropFirst(), isPress: final == 0x4D) {
                events.append(event)
            }
            return
        }
        let numbers = body.split(separator: ";", omittingEmptySubsequences: false).map {
            Int($0) ?? 0
        }
        let modifiers = max(0, (numbers.count > 1 ? min(numbers[1], 255) : 1) - 1)
        let hasAlt = modifiers & 2 != 0
        switch final {
        case 0x7E where numbers.first == 200: paste = []
        case 0x7E:
            if let key = Self.numbered[numbers.first ?? 0] {
                events.append(.key(KeyPress(key, alt: hasAlt)))
            }
        case 0x49 where body.isEmpty: events.append(.focus(true))
        case 0x4F where body.isEmpty: events.append(.focus(false))
        default:
            if let key = Self.finals[final] { events.append(.key(KeyPress(key, alt: hasAlt))) }
        }
    }

    private static func mouse(_ body: Substring, isPress: Bool) -> InputEvent? {
        let numbers = body.split(separator: ";").compactMap { Int($0) }
        guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return nil }
        let (x, y) = (numbers[1] - 1, numbers[2] - 1)
        switch numbers[0] & 0x63 {
        case 64: return .mouse(.wheelUp, x: x, y: y)
        case 65: return .mouse(.wheelDown, x: x, y: y)
        case 32...34: return .mouse(.drag, x: x, y: y)
        case 0: return .mouse(isPress ? .press : .release, x: x, y: y)
        default: return nil
        }
    }

    private mutating func takePaste(_ byte: UInt8, _ events: inout [InputEvent]) {
        let end: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]
        paste?.append(byte)
        guard let text = paste else { return }
        if text.suffix(6).elementsEqual(end) {
            events.append(.paste(String(decoding: text.dropLast(6), as: UTF8.self)))
            paste = nil
        } else if text.count > Self.maximumPaste {
            events.append(.paste(String(decoding: text, as: UTF8.self)))
            paste = nil
        }
    }
}

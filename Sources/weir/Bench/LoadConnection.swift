// A connection of a load: it sends one request at a time and finds the ends of the answers.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// HTTP/1.1 over TCP on this machine, without waiting.
struct LoadConnection {
    let descriptor: Int32
    private var bytes: [UInt8] = []
    /// Bytes of the answer that is coming, head and body; nil while the head is not whole.
    private var expected: Int?
    private(set) var status = 0
    /// Which request is answered, and when it should have been sent (monotonic ns).
    var request = 0
    var dueAt: UInt64 = 0
    var isBusy = false

    /// Nil when the server does not take it.
    init?(port: Int) {
        #if canImport(Darwin)
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        var on: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    func end() { close(descriptor) }

    /// False when the connection is gone.
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                sent += count
            } else if errno != EAGAIN, errno != EINTR {
                return false
            }
        }
        return true
    }

    enum Progress {
        case waiting
        /// An answer is whole: its bytes, head and body.
        case answered(Int)
        case gone
        /// The answer has no length: it is a stream.
        case endless
    }

    /// Takes what has come.
    mutating func receive(_ scratch: UnsafeMutableRawBufferPointer) -> Progress {
        while true {
            let count = read(descriptor, scratch.baseAddress, scratch.count)
            if count < 0 {
                if errno == EINTR { continue }
                return errno == EAGAIN ? .waiting : .gone
            }
            if count == 0 { return .gone }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            if expected == nil, !readHead() { return .endless }
            if let expected, bytes.count >= expected {
                bytes.removeFirst(expected)
                self.expected = nil
                return .answered(expected)
            }
        }
    }

    /// What has come and is no answer of its own, as events are.
    mutating func takeAll() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// False when the head is whole and tells no length (RFC 9112, 6.3).
    private mutating func readHead() -> Bool {
        var lineStart = 0
        var length: Int?
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
            let line = bytes[lineStart..<index]
            if line.count <= 1, lineStart > 0 {
                let hasNoBody = status == 204 || status == 304
                expected = hasNoBody ? index + 1 : length.map { index + 1 + $0 }
                return expected != nil
            }
            if lineStart == 0 {
                status = Self.number(line.dropFirst(9).prefix(3)) ?? 0
            } else if Self.isLength(line) {
                length = Self.number(line.dropFirst(Self.lengthName.count))
            }
            lineStart = index + 1
        }
        return true
    }

    private static let lengthName = Array("content-length:".utf8)

    private static func isLength(_ line: ArraySlice<UInt8>) -> Bool {
        line.count > lengthName.count
            && zip(line, lengthName).allSatisfy { $0 | 0x20 == $1 || $0 == $1 }
    }

    /// Blanks around it are fine.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var number = 0
        var isThere = false
        for digit in digits where digit != UInt8(ascii: " ") && digit != UInt8(ascii: "\r") {
            guard digit >= 0x30, digit <= 0x39, number < 1 << 40 else { return nil }
            number = number * 10 + Int(digit - 0x30)
            isThere = true
        }
        return isThere ? number : nil
    }
}

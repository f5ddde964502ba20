// Writes a sink's rows to a file; a commit makes them durable.

import WeirColumnar
import WeirRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Appends to a file. On resume the file is cut back to what the last commit knew of, so that no
/// row is there twice.
final class FileSink: SinkWriter {
    private let path: String
    private let encoder: any RowEncoder
    private var descriptor: Int32
    private var pending: [UInt8] = []
    private var length: Int64
    private static let flushBytes = 1 << 20

    /// - Throws: `ConnectorError` when the file cannot be opened or is shorter than committed.
    init(path: String, encoder: any RowEncoder, committed: Int64?) throws {
        self.path = path
        self.encoder = encoder
        length = committed ?? 0
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        var status = stat()
        fstat(descriptor, &status)
        if Int64(status.st_size) < length {
            Glibc.close(descriptor)
            descriptor = -1
            throw ConnectorError(
                "\(path) is shorter than what was written before; start afresh with --fresh")
        }
        guard ftruncate(descriptor, off_t(length)) == 0 else {
            throw Self.failure("truncate", path)
        }
        lseek(descriptor, off_t(length), SEEK_SET)
        if committed == nil { pending = encoder.preamble }
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    private static func failure(_ what: String, _ path: String) -> ConnectorError {
        ConnectorError("cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }

    func write(_ batch: Batch) throws {
        encoder.encode(batch, into: &pending)
        if pending.count >= Self.flushBytes { try flush() }
    }

    private func flush() throws {
        var start = 0
        while start < pending.count {
            let written = pending[start...].withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw Self.failure("write", path)
            }
            start += written
        }
        length += Int64(pending.count)
        pending.removeAll(keepingCapacity: true)
    }

    func commit() throws -> Int64 {
        try flush()
        guard fsync(descriptor) == 0 else { throw Self.failure("sync", path) }
        return length
    }

    func close() throws {
        try flush()
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}

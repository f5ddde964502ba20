// Bytes of a plain or gzip file.

import CWeirInput
import WeirRuntime

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file opened for reading; gzip is told by its first bytes.
final class ByteInput {
    private var descriptor: Int32 = -1
    private var gzip: UnsafeMutableRawPointer?
    private let path: String
    /// Size of the file on disk.
    let fileSize: Int64

    /// - Throws: `ConnectorError` when the file cannot be opened.
    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ConnectorError("cannot open \(path): \(String(cString: strerror(errno)))")
        }
        var status = stat()
        fstat(descriptor, &status)
        fileSize = Int64(status.st_size)
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            descriptor = -1
            throw ConnectorError("\(path) is not a regular file")
        }
        var magic: (UInt8, UInt8) = (0, 0)
        let isGzip =
            withUnsafeMutableBytes(of: &magic) { pread(descriptor, $0.baseAddress, 2, 0) } == 2
            && magic == (0x1F, 0x8B)
        if isGzip {
            close(descriptor)
            descriptor = -1
            gzip = weir_gzip_open(path)
            if gzip == nil { throw ConnectorError("cannot open \(path)") }
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if let gzip { weir_gzip_close(gzip) }
    }

    var isCompressed: Bool { gzip != nil }

    /// Reads up to `count` bytes; 0 at the end.
    ///
    /// - Throws: `ConnectorError` on an I/O error or broken gzip data.
    func read(into bytes: UnsafeMutablePointer<UInt8>, count: Int) throws -> Int {
        if let gzip {
            let got = weir_gzip_read(gzip, bytes, UInt32(clamping: count))
            if got < 0 {
                throw ConnectorError(
                    "cannot decompress \(path): \(String(cString: weir_gzip_error(gzip)))")
            }
            return got
        }
        while true {
            let got = Glibc.read(descriptor, bytes, count)
            if got >= 0 { return got }
            if errno != EINTR {
                throw ConnectorError("cannot read \(path): \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Goes to a byte of the (decompressed) content.
    ///
    /// - Throws: `ConnectorError` when the file ends before it.
    func skip(to offset: Int64) throws {
        if gzip == nil {
            guard offset <= fileSize else {
                throw ConnectorError(
                    "\(path) has \(fileSize) bytes, but \(offset) have been read before: the file"
                        + " has changed; start afresh with --fresh")
            }
            lseek(descriptor, off_t(offset), SEEK_SET)
            return
        }
        let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)
        defer { scratch.deallocate() }
        var left = offset
        while left > 0 {
            let got = try read(into: scratch, count: Int(min(left, 1 << 16)))
            guard got > 0 else {
                throw ConnectorError(
                    "\(path) is shorter than before: the file has changed; start afresh with"
                        + " --fresh")
            }
            left -= Int64(got)
        }
    }

    /// Bytes of the file on disk consumed so far, for gzip.
    var compressedOffset: Int64 { gzip.map { weir_gzip_offset($0) } ?? 0 }
}

// Reads the files of a source, one after the other, a chunk at a time.

import WeirColumnar
import WeirRuntime

/// Feeds whole records to a decoder; what a chunk leaves over comes again with the next.
final class FileSource: SourceReader {
    private let name: String
    private let files: [String]
    private let makeDecoder: () -> any RecordDecoder
    /// One for each piece that is decoded at the same time.
    private var decoders: [any RecordDecoder] = []
    private let context: ConnectorContext
    /// Columns that tell about the file, with their keys.
    private let metadata: [Int: String]
    private var fileMetadata: FileMetadata?
    private var position: SourcePosition
    private var input: ByteInput?
    private var rest: [UInt8] = []
    private var isAtEnd = false
    /// Bytes of the files before this one, on disk.
    private var earlierBytes: Int64 = 0
    private let totalBytes: Int64
    /// Bytes read at once: more than usual when a record is longer.
    private var pieceBytes: Int
    /// Decoded pieces, with how much of the input ends with each.
    private var ready: [(batch: DecodedBatch, bytesRead: Int64)] = []
    /// What stopped the reading behind the pieces that are ready.
    private var failure: (any Error)?
    /// Bytes of the input up to the last piece handed out.
    private var bytesRead: Int64 = 0
    /// Records longer than this are rejected.
    static let maximumRecordBytes = 16 << 20

    /// - Throws: `ConnectorError` when a file cannot be opened or the position is not in it.
    init(
        name: String, files: [String], makeDecoder: @escaping () -> any RecordDecoder,
        metadata: [Int: String] = [:], position: SourcePosition, context: ConnectorContext
    ) throws {
        self.name = name
        self.files = files
        self.makeDecoder = makeDecoder
        self.position = position
        self.context = context
        pieceBytes = context.chunkBytes
        self.metadata = metadata
        let sizes = try files.map { try ByteInput(path: $0).fileSize }
        totalBytes = sizes.reduce(0, +)
        earlierBytes = sizes.prefix(position.file).reduce(0, +)
        bytesRead = earlierBytes + position.byteOffset
        try openCurrent()
    }

    var progress: (read: Int64, total: Int64?) { (bytesRead, totalBytes) }

    private func openCurrent() throws {
        guard position.file < files.count else {
            input = nil
            return
        }
        let opened = try ByteInput(path: files[position.file])
        input = opened
        fileMetadata = metadata.isEmpty ? nil : FileMetadata(path: files[position.file])
        rest = []
        isAtEnd = false
        try readPreamble(opened)
        if position.byteOffset > preambleBytes {
            // The preamble has been read; go on behind what was committed.
            let fresh = try ByteInput(path: files[position.file])
            try fresh.skip(to: position.byteOffset)
            input = fresh
            rest = []
            isAtEnd = false
        }
    }

    private var preambleBytes: Int64 = 0
    /// What stands in front of the first record, for decoders that come later.
    private var preamble: RawPiece?

    private func addDecoder() throws {
        let decoder = makeDecoder()
        if let preamble { _ = try decoder.readPreamble(preamble) }
        decoders.append(decoder)
    }

    private func readPreamble(_ opened: ByteInput) throws {
        var size = min(64 << 10, context.chunkBytes)
        while true {
            let piece = try load(size, from: SourcePosition(file: position.file))
            preamble = piece
            if decoders.isEmpty { decoders = [makeDecoder()] }
            // All of them note what a header says; where it ends is the same for all.
            let ends = try decoders.map { try $0.readPreamble(piece) }
            if let (bytes, lines) = ends[0] {
                preambleBytes = Int64(bytes)
                if position.byteOffset <= preambleBytes {
                    position.byteOffset = preambleBytes
                    position.line = Int64(lines) + 1
                }
                rest = piece.buffer.copy(from: bytes, to: piece.length)
                return
            }
            rest = piece.buffer.copy(from: 0, to: piece.length)
            guard size < Self.maximumRecordBytes, !piece.isLast else {
                throw ConnectorError("\(files[position.file]): the first line is too long")
            }
            size *= 2
        }
    }

    /// Fills a fresh buffer with the rest of the last chunk and new bytes.
    private func load(_ size: Int, from start: SourcePosition) throws -> RawPiece {
        let wanted = max(size, rest.count)
        let buffer = RecordBuffer(capacity: wanted * 2 + 256)
        var length = rest.count
        rest.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { buffer.base.update(from: base, count: length) }
        }
        rest = []
        while length < wanted, !isAtEnd, let input {
            let got = try input.read(into: buffer.base + length, count: wanted - length)
            if got == 0 { isAtEnd = true }
            length += got
        }
        if isAtEnd == false, length == wanted { try peekEnd(buffer, &length) }
        return RawPiece(
            buffer: buffer, length: length, isLast: isAtEnd, path: files[position.file],
            source: name, start: start)
    }

    /// Whether the file ends exactly here, so that the last record is known to be complete.
    private func peekEnd(_ buffer: RecordBuffer, _ length: inout Int) throws {
        guard let input else { return }
        let got = try input.read(into: buffer.base + length, count: 1)
        if got == 0 {
            isAtEnd = true
        } else {
            length += got
        }
    }

    func next() throws -> DecodedBatch? {
        while ready.isEmpty, failure == nil, input != nil {
            if isAtEnd, rest.isEmpty {
                try advanceFile()
            } else {
                try decodeAhead()
            }
        }
        if ready.isEmpty, let failure { throw failure }
        guard !ready.isEmpty else {
            bytesRead = totalBytes
            return nil
        }
        let next = ready.removeFirst()
        bytesRead = next.bytesRead
        return next.batch
    }

    /// Most pieces that are decoded at once: more threads than that would take more memory only.
    private static let mostPieces = 16

    /// Reads some pieces and decodes them at once. All but the last are known to end with a
    /// record, so where each begins does not depend on what decoding the one before it finds.
    private func decodeAhead() throws {
        let readAt = MonotonicClock.now()
        var pieces: [RawPiece] = []
        var start = position
        var isOpen = false
        while !isOpen, pieces.count < min(context.workers.count, Self.mostPieces),
            !(isAtEnd && rest.isEmpty)
        {
            let piece: RawPiece
            do {
                piece = try load(pieceBytes, from: start)
            } catch {
                if pieces.isEmpty { throw error }
                // What was read before is handed out first.
                failure = error
                break
            }
            if context.workers.count > 1, let (bytes, lines) = decoders[0].wholeRecords(piece) {
                rest = piece.buffer.copy(from: bytes, to: piece.length)
                pieces.append(piece.cut(to: bytes))
                start.byteOffset += Int64(bytes)
                start.line += Int64(lines)
            } else {
                pieces.append(piece)
                isOpen = true
            }
        }
        while decoders.count < pieces.count { try addDecoder() }
        let decoded = context.workers.map(pieces.count) { decoders[$0].decode(pieces[$0]) }
        for (index, decoded) in decoded.enumerated() {
            let isLast = index == pieces.count - 1
            if isOpen, isLast {
                let piece = pieces[index]
                rest = piece.buffer.copy(from: decoded.consumedBytes, to: piece.length)
                if decoded.consumedBytes == 0 { return try passOver(piece) }
            }
            take(decoded, readAt, isLast: isLast && isAtInputEnd)
        }
        pieceBytes = context.chunkBytes
    }

    private func take(_ decoded: DecodedPiece, _ readAt: UInt64, isLast: Bool) {
        position.byteOffset += Int64(decoded.consumedBytes)
        position.line += Int64(decoded.consumedLines)
        if decoded.records == 0 { return }
        let batch = Batch(
            count: decoded.rows.count, columns: completed(decoded),
            origin: Origin(chunk: decoded.chunk, records: decoded.rows), readAt: readAt)
        hand(
            DecodedBatch(
                batch: batch, rejects: decoded.rejects, records: decoded.records, end: position,
                isLast: isLast))
    }

    private func hand(_ batch: DecodedBatch) {
        var read = batch.end.byteOffset
        if let input, input.isCompressed { read = input.compressedOffset }
        ready.append((batch, min(earlierBytes + read, totalBytes)))
    }

    /// A piece without a whole record: more is read, unless it is too long or the file ends.
    private func passOver(_ piece: RawPiece) throws {
        if piece.isLast {
            rest = []
        } else if piece.length >= Self.maximumRecordBytes {
            hand(try skipRecord(piece))
            pieceBytes = context.chunkBytes
        } else {
            pieceBytes = min(max(pieceBytes, piece.length) * 2, Self.maximumRecordBytes)
        }
    }

    /// The decoded columns with those that tell about the file.
    private func completed(_ decoded: DecodedPiece) -> [Column] {
        guard let fileMetadata else { return decoded.columns }
        var columns = decoded.columns
        for (index, key) in metadata {
            columns[index] = fileMetadata.column(key, count: decoded.rows.count)
        }
        return columns
    }

    /// Whether all bytes of the last file have been decoded.
    private var isAtInputEnd: Bool {
        isAtEnd && rest.isEmpty && position.file + 1 >= files.count
    }

    private func advanceFile() throws {
        guard position.file + 1 < files.count else {
            input = nil
            return
        }
        earlierBytes += input?.fileSize ?? 0
        position = SourcePosition(file: position.file + 1)
        try openCurrent()
    }

    /// A record without an end within the limit: rejected up to its next line break.
    private func skipRecord(_ piece: RawPiece) throws -> DecodedBatch {
        var taken = piece.length
        rest = []
        var foundBreak = false
        let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)
        defer { scratch.deallocate() }
        if let index = (0..<piece.length).first(where: { piece.buffer.base[$0] == 0x0A }) {
            taken = index + 1
            rest = piece.buffer.copy(from: taken, to: piece.length)
            foundBreak = true
        }
        while !foundBreak, !isAtEnd, let input {
            let got = try input.read(into: scratch, count: 1 << 16)
            if got == 0 { isAtEnd = true }
            if let index = (0..<got).first(where: { scratch[$0] == 0x0A }) {
                taken += index + 1
                rest = Array(
                    UnsafeBufferPointer(start: scratch + index + 1, count: got - index - 1))
                foundBreak = true
            } else {
                taken += got
            }
        }
        let shown = min(piece.length, taken, 64 << 10)
        let chunk = RecordChunk(
            source: name, path: piece.path, baseOffset: position.byteOffset,
            lines: [position.line], starts: [0], ends: [UInt32(shown)], bytes: piece.buffer)
        let reject = Reject.record(
            0, of: chunk, stage: name, column: nil, value: nil, rule: "record length",
            code: .recordTooLong,
            message: "the record has more than \(Self.maximumRecordBytes >> 20) MiB; its first"
                + " \(shown) bytes are kept")
        position.byteOffset += Int64(taken)
        position.line += 1
        return DecodedBatch(
            batch: Batch(
                count: 0, columns: [], origin: Origin(chunk: chunk, records: []),
                readAt: MonotonicClock.now()),
            rejects: [reject], records: 1, end: position, isLast: isAtInputEnd)
    }
}

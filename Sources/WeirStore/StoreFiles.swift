// The files of a store on disk, and SQLite's errors as ours.

import Foundation
import GRDB

enum StoreFiles {
    /// Removes a store with its write-ahead log.
    static func remove(_ path: String) throws {
        for suffix in ["", "-wal", "-shm"] {
            let file = path + suffix
            guard FileManager.default.fileExists(atPath: file) else { continue }
            do {
                try FileManager.default.removeItem(atPath: file)
            } catch {
                throw StoreError.database("cannot remove \(file): \(error.localizedDescription)")
            }
        }
    }

    /// Removes the figures of a store that has been replaced.
    static func forgetFigures(_ path: String) throws {
        do {
            try QueryTimings.forget(store: path)
        } catch {
            throw StoreError.database(
                "cannot remove the figures of \(path): \(error.localizedDescription)")
        }
    }

    /// Only the owner may read a store (mode 0600).
    static func restrict(_ path: String) {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: path + suffix)
        }
    }

    /// Runs something and turns SQLite's errors into `StoreError`.
    static func describing<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            if error.resultCode == .SQLITE_NOTADB { throw StoreError.notAStore(path: path) }
            throw StoreError.database(error.message ?? "\(error.resultCode)")
        }
    }
}

// How many connections one address has: nobody keeps the others out.

import NIOCore
import Synchronization

/// Counts the connections of each address. Those of this machine are not counted: a proxy has one
/// address for all of its clients.
final class ClientConnections: Sendable {
    private let most: Int
    private let counts = Mutex<[String: Int]>([:])

    /// - Parameter connections: of all addresses; one has a quarter of them.
    init(_ connections: Int) { most = max(1, connections / 4) }

    /// `127.0.0.0/8`, also as sockets of IPv6 show it, and `::1` (RFC 4291, 2.5).
    static func isOfThisMachine(_ address: String) -> Bool {
        let plain = address.hasPrefix("::ffff:") ? address.dropFirst("::ffff:".count) : address[...]
        return plain.hasPrefix("127.") || address == "::1"
    }

    /// False when the address has as many as it may.
    func enter(_ channel: any Channel) -> Bool {
        guard let address = channel.remoteAddress?.ipAddress, !Self.isOfThisMachine(address) else {
            return true
        }
        let isTaken = counts.withLock { counts -> Bool in
            guard counts[address, default: 0] < most else { return false }
            counts[address, default: 0] += 1
            return true
        }
        guard isTaken else { return false }
        channel.closeFuture.whenComplete { [self] _ in
            counts.withLock { counts in
                let left = counts[address, default: 1] - 1
                counts[address] = left > 0 ? left : nil
            }
        }
        return true
    }
}

// Whose connections are counted.

import Testing

@testable import WeirServer

@Suite struct ClientConnectionsTests {
    @Test(arguments: [
        ("127.0.0.1", true), ("127.8.9.1", true), ("::1", true), ("::ffff:127.0.0.1", true),
        ("10.0.0.1", false), ("::ffff:10.0.0.1", false), ("fe80::1", false), ("::11", false),
    ])
    func thisMachineIsNotCounted(_ address: String, _ isOurs: Bool) {
        #expect(ClientConnections.isOfThisMachine(address) == isOurs)
    }
}

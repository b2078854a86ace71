/// Loopback addresses of pods: each has one of its own, so that several may listen at the same port.
enum PodAddress {
    /// Addresses are 127.64.0.1 to 127.127.255.254: away from what people use by hand.
    private static let count: UInt32 = 1 << 22

    /// An address that is not taken.
    ///
    /// - Parameters:
    ///   - uid: the pod's; the same gives the same address if it is free, so that runtimes beside each other hardly ever meet.
    ///   - taken: addresses of other pods.
    static func choose(uid: String, taken: Set<String>) -> String {
        var number = uid.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } % count
        while true {
            let last = number & 0xff
            let address = "127.\(64 + (number >> 16)).\((number >> 8) & 0xff).\(last)"
            if last != 0, last != 255, !taken.contains(address) { return address }
            number = (number + 1) % count
        }
    }
}

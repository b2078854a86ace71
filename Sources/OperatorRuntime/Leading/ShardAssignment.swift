/// Decides which shard a key belongs to, and which instance should hold which shard.
enum ShardAssignment {
    /// The shard of a key: FNV-1a of its text, the same in every process and version.
    ///
    /// - Parameter count: how many shards there are, from 1.
    static func shard(of key: String, count: Int) -> Int {
        guard count > 1 else { return 0 }
        return Int(mixed(hash(key)) % UInt64(count))
    }

    /// Divides shards among instances. Everybody who knows the same instances comes to the same result.
    ///
    /// Each shard goes to the instance with the greatest hash of both (rendezvous hashing) among those that are not full, so that few shards
    /// move when an instance comes or goes. An instance is full when it has its equal share, rounded up for as few as are needed.
    ///
    /// - Returns: for each shard the instance; empty without instances.
    static func holders(shards count: Int, instances: [String]) -> [String] {
        let instances = Set(instances).sorted()
        guard !instances.isEmpty else { return [] }
        let share = count / instances.count
        var larger = count % instances.count
        var load: [String: Int] = [:]
        return (0..<count).map { shard in
            let free = instances.filter { load[$0, default: 0] < share || (load[$0, default: 0] == share && larger > 0) }
            let chosen = free.max { weight(shard, $0) < weight(shard, $1) } ?? instances[0]
            if load[chosen, default: 0] == share { larger -= 1 }
            load[chosen, default: 0] += 1
            return chosen
        }
    }

    /// FNV-1a, 64 bits.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    private static func weight(_ shard: Int, _ instance: String) -> UInt64 { mixed(hash("\(shard)/\(instance)")) }

    /// Spreads what differs in few bits over all of them; the last bits of FNV-1a alone are poor.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ (value >> 33)) &* 0xff51_afd7_ed55_8ccd
        value = (value ^ (value >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return value ^ (value >> 33)
    }
}

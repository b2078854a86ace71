import JSONValue
import NIOConcurrencyHelpers

/// The addresses and node ports that Services have been given.
final class ServiceAddresses: Sendable {
    private struct State: Sendable {
        var addresses: Set<UInt32> = []
        var ports: Set<Int> = []
        var nextAddress: UInt32 = 2
        var nextPort = 0
    }

    /// 10.96.0.0/16, as kubeadm has it.
    private static let network: UInt32 = 10 << 24 | 96 << 16
    private static let size: UInt32 = 1 << 16
    private static let firstPort = 30_000
    private static let portCount = 2768

    private let state = NIOLockedValueBox(State())

    /// Marks what an existing Service has as taken.
    func adopt(_ service: JSON) {
        state.withLockedValue { state in
            for address in Self.addresses(service) { state.addresses.insert(address) }
            for port in Self.ports(service) { state.ports.insert(port) }
        }
    }

    /// Gives back what a removed Service had.
    func release(_ service: JSON) {
        state.withLockedValue { state in
            for address in Self.addresses(service) { state.addresses.remove(address) }
            for port in Self.ports(service) { state.ports.remove(port) }
        }
    }

    func allocateClusterIP(requested: String?) -> ClusterIPResult {
        state.withLockedValue { state in
            if let requested {
                guard let address = IPv4Address(requested)?.value, address > Self.network, address < Self.network + Self.size - 1 else {
                    return .outOfRange
                }
                return state.addresses.insert(address).inserted ? .allocated(requested) : .taken
            }
            for _ in 0..<Self.size {
                let address = Self.network + state.nextAddress
                state.nextAddress = state.nextAddress + 1 < Self.size - 1 ? state.nextAddress + 1 : 2
                if state.addresses.insert(address).inserted { return .allocated(IPv4Address(address).description) }
            }
            return .outOfRange
        }
    }

    func releaseClusterIP(_ text: String) {
        guard let address = IPv4Address(text)?.value else { return }
        state.withLockedValue { _ = $0.addresses.remove(address) }
    }

    func allocateNodePort(requested: Int?) -> Int? {
        state.withLockedValue { state in
            if let requested {
                guard (Self.firstPort..<Self.firstPort + Self.portCount).contains(requested) else { return nil }
                return state.ports.insert(requested).inserted ? requested : nil
            }
            for _ in 0..<Self.portCount {
                let port = Self.firstPort + state.nextPort
                state.nextPort = (state.nextPort + 1) % Self.portCount
                if state.ports.insert(port).inserted { return port }
            }
            return nil
        }
    }

    func releaseNodePort(_ port: Int) {
        state.withLockedValue { _ = $0.ports.remove(port) }
    }

    private static func addresses(_ service: JSON) -> [UInt32] {
        let list = (service["spec"]?["clusterIPs"]?.arrayValue ?? []) + [service["spec"]?["clusterIP"] ?? .null]
        return list.compactMap { $0.stringValue.flatMap { IPv4Address($0)?.value } }
    }

    private static func ports(_ service: JSON) -> [Int] {
        let ports = service["spec"]?["ports"]?.arrayValue ?? []
        let numbers = ports.map { $0["nodePort"] } + [service["spec"]?["healthCheckNodePort"]]
        return numbers.compactMap { $0?.integerValue.map { Int($0) } }.filter { $0 > 0 }
    }
}

/// The allocations of one request: given back when it comes to nothing.
final class RequestAllocations: AllocationEnvironment {
    private struct Made: Sendable {
        var addresses: [String] = []
        var ports: [Int] = []
    }

    private let pool: ServiceAddresses
    private let made = NIOLockedValueBox(Made())

    init(pool: ServiceAddresses) {
        self.pool = pool
    }

    func allocateClusterIP(requested: String?) -> ClusterIPResult {
        let result = pool.allocateClusterIP(requested: requested)
        if case .allocated(let address) = result { made.withLockedValue { $0.addresses.append(address) } }
        return result
    }

    func releaseClusterIP(_ address: String) {
        pool.releaseClusterIP(address)
    }

    func allocateNodePort(requested: Int?) -> Int? {
        let port = pool.allocateNodePort(requested: requested)
        if let port { made.withLockedValue { $0.ports.append(port) } }
        return port
    }

    /// Gives everything back: the request failed or was a dry run.
    func undo() {
        let made = made.withLockedValue { made in
            defer { made = Made() }
            return made
        }
        for address in made.addresses { pool.releaseClusterIP(address) }
        for port in made.ports { pool.releaseNodePort(port) }
    }
}

import KubernetesClient
import KubernetesModel
import Testing

@testable import ProcessRuntime

@Suite("What the runtime decides about a pod")
struct PodRunTests {
    static func at(_ seconds: Double) -> Moment {
        Moment(clock: .seconds(seconds), wall: Timestamp(microseconds: 1_700_000_000_000_000).advanced(bySeconds: seconds))
    }

    private static func run(
        _ containers: [CoreV1.Container] = [.init(name: "main")],
        inits: [CoreV1.Container]? = nil,
        policy: String? = nil,
        status: CoreV1.PodStatus? = nil
    ) -> PodRun {
        let spec = CoreV1.PodSpec(initContainers: inits, containers: containers, restartPolicy: policy, terminationGracePeriodSeconds: 5)
        return PodRun(CoreV1.Pod(metadata: ObjectMeta(name: "p"), spec: spec, status: status), address: "127.64.0.1", at(0))
    }

    @Test("Init containers run first, one after the other; a pod runs when its containers do")
    func order() {
        var run = Self.run([.init(name: "a"), .init(name: "b")], inits: [.init(name: "i"), .init(name: "j")])
        #expect(run.status(Self.at(0)).phase == "Pending")
        #expect(run.step(Self.at(0)) == [.start("i")] && run.step(Self.at(0)).isEmpty)
        run.launched("i", pid: 1, Self.at(0))
        #expect(run.status(Self.at(0)).containerStatuses?.first?.state?.waiting?.reason == "PodInitializing")
        run.exited("i", pid: 1, ProcessEnd(code: 0), Self.at(1))
        #expect(run.step(Self.at(1)) == [.start("j")])
        run.launched("j", pid: 2, Self.at(1))
        run.exited("j", pid: 2, ProcessEnd(code: 0), Self.at(2))
        #expect(run.step(Self.at(2)) == [.start("a"), .start("b")])
        run.launched("a", pid: 3, Self.at(2))
        run.launched("b", pid: 4, Self.at(2))
        let status = run.status(Self.at(2))
        #expect(status.phase == "Running" && status.conditions?.allSatisfy { $0.status == "True" } == true)
        #expect(status.initContainerStatuses?.allSatisfy { $0.ready == true && $0.state?.terminated?.reason == "Completed" } == true)
        #expect(run.wake == nil)
    }

    @Test("A container that ends is started again: at once, then after 10 s, 20 s, up to 5 min")
    func backoff() throws {
        var run = Self.run()
        var now = 0.0
        var waits: [Double] = []
        for pid in Int32(1)...9 {
            #expect(run.step(Self.at(now)) == [.start("main")])
            run.launched("main", pid: pid, Self.at(now))
            run.exited("main", pid: pid, ProcessEnd(code: 3), Self.at(now + 1))
            let wake = try #require(run.wake).inSeconds
            waits.append(wake - now - 1)
            if pid > 1 {
                #expect(run.step(Self.at(wake - 0.1)).isEmpty)
                let status = run.status(Self.at(now)).containerStatuses?.first
                #expect(status?.state?.waiting?.reason == "CrashLoopBackOff" && status?.restartCount == Int(pid))
                #expect(status?.lastState?.terminated?.exitCode == 3)
            }
            now = wake
        }
        #expect(waits == [0, 10, 20, 40, 80, 160, 300, 300, 300])
        // After ten minutes it is forgiven.
        _ = run.step(Self.at(now))
        run.launched("main", pid: 10, Self.at(now))
        run.exited("main", pid: 10, ProcessEnd(code: 3), Self.at(now + 601))
        #expect(run.wake == .seconds(now + 601))
    }

    @Test(
        "What becomes of a pod whose container ended",
        arguments: [
            ("Never", 0, "Succeeded"), ("Never", 1, "Failed"), ("OnFailure", 0, "Succeeded"), ("OnFailure", 1, "Running"),
            ("Always", 0, "Running"),
        ]
    )
    func outcome(policy: String, code: Int, phase: String) {
        var run = Self.run(policy: policy)
        _ = run.step(Self.at(0))
        run.launched("main", pid: 1, Self.at(0))
        run.exited("main", pid: 1, ProcessEnd(code: code), Self.at(1))
        let status = run.status(Self.at(1))
        #expect(status.phase == phase)
        #expect(status.conditions?.first { $0.type == "Ready" }?.status == "False")
        #expect((run.outcome == nil) == (phase == "Running"))
    }

    @Test("An init container that fails for good fails the pod")
    func initFailure() {
        var run = Self.run(inits: [.init(name: "i")], policy: "Never")
        _ = run.step(Self.at(0))
        run.launched("i", pid: 1, Self.at(0))
        run.exited("i", pid: 1, ProcessEnd(code: 1), Self.at(1))
        #expect(run.outcome == false && run.step(Self.at(1)).isEmpty && run.status(Self.at(1)).phase == "Failed")
    }

    @Test("Probes: startup holds the others back, readiness decides on traffic, liveness restarts")
    func probes() throws {
        var container = CoreV1.Container(name: "main")
        container.startupProbe = .init(periodSeconds: 2, failureThreshold: 2)
        container.readinessProbe = .init(periodSeconds: 10, successThreshold: 1, failureThreshold: 2)
        container.livenessProbe = .init(initialDelaySeconds: 5, periodSeconds: 20, failureThreshold: 1)
        var run = Self.run([container])
        _ = run.step(Self.at(0))
        run.launched("main", pid: 7, Self.at(0))
        #expect(run.step(Self.at(0)) == [.probe("main", pid: 7, .startup)])
        // One at a time.
        #expect(run.step(Self.at(9)).isEmpty && run.wake == nil)
        run.probed("main", pid: 7, .startup, false, Self.at(1))
        #expect(run.wake == .seconds(2) && run.status(Self.at(1)).containerStatuses?.first?.started == false)
        #expect(run.step(Self.at(2)) == [.probe("main", pid: 7, .startup)])
        run.probed("main", pid: 7, .startup, true, Self.at(2.5))
        // Readiness is looked at at once.
        #expect(run.step(Self.at(2.5)) == [.probe("main", pid: 7, .readiness)])
        run.probed("main", pid: 7, .readiness, true, Self.at(2.6))
        let ready = run.status(Self.at(3)).conditions?.first { $0.type == "Ready" }
        #expect(ready?.status == "True" && ready?.lastTransitionTime == Self.at(3).wall.wholeSeconds)
        #expect(run.status(Self.at(9)).conditions?.first { $0.type == "Ready" } == ready)
        // One failure is not enough to lose traffic, two are.
        #expect(run.step(Self.at(5)) == [.probe("main", pid: 7, .liveness)])
        run.probed("main", pid: 7, .liveness, true, Self.at(5))
        for (time, isReady) in [(12.5, true), (22.5, false)] {
            #expect(run.step(Self.at(time)) == [.probe("main", pid: 7, .readiness)])
            run.probed("main", pid: 7, .readiness, false, Self.at(time))
            #expect(run.container("main")?.isReady == isReady)
        }
        // A dead one is asked to end, then killed, then started again.
        #expect(run.step(Self.at(25)) == [.probe("main", pid: 7, .liveness)])
        run.probed("main", pid: 7, .liveness, false, Self.at(25))
        #expect(run.step(Self.at(25)) == [.signal("main", pid: 7, hard: false)] && run.wake == .seconds(30))
        #expect(run.step(Self.at(30)) == [.signal("main", pid: 7, hard: true)] && run.step(Self.at(31)).isEmpty)
        run.exited("main", pid: 7, ProcessEnd(code: 137, signal: 9), Self.at(31))
        #expect(run.step(Self.at(31)) == [.start("main")])
        // What a probe of the former process comes to is of no interest.
        run.launched("main", pid: 8, Self.at(31))
        run.probed("main", pid: 7, .startup, true, Self.at(31))
        #expect(run.container("main")?.isStarted == false)
    }

    @Test("A startup probe that fails too often restarts the container")
    func startupFailure() {
        var container = CoreV1.Container(name: "main")
        container.startupProbe = .init(periodSeconds: 1, failureThreshold: 2)
        var run = Self.run([container])
        _ = run.step(Self.at(0))
        run.launched("main", pid: 1, Self.at(0))
        for time in [0.0, 1.0] {
            #expect(run.step(Self.at(time)) == [.probe("main", pid: 1, .startup)])
            run.probed("main", pid: 1, .startup, false, Self.at(time))
        }
        #expect(run.step(Self.at(1)) == [.signal("main", pid: 1, hard: false)])
    }

    @Test("A pod that is to end gets SIGTERM, and SIGKILL after its time; nothing is started any more")
    func end() {
        var run = Self.run([.init(name: "a"), .init(name: "b")])
        _ = run.step(Self.at(0))
        run.launched("a", pid: 1, Self.at(0))
        run.refused("b", reason: "ImagePullBackOff", message: "no", until: .seconds(10))
        run.end(within: .seconds(5), Self.at(1))
        #expect(run.step(Self.at(1)) == [.signal("a", pid: 1, hard: false)] && run.wake == .seconds(6))
        run.end(within: .seconds(1), Self.at(2))
        #expect(run.wake == .seconds(3) && !run.isIdle)
        #expect(run.step(Self.at(3)) == [.signal("a", pid: 1, hard: true)])
        run.exited("a", pid: 1, ProcessEnd(code: 137, signal: 9), Self.at(3))
        #expect(run.isIdle && run.step(Self.at(20)).isEmpty && run.wake == nil)
    }

    @Test("What cannot be started says why, and is tried again")
    func refused() {
        var run = Self.run()
        _ = run.step(Self.at(0))
        run.refused("main", reason: "CreateContainerConfigError", message: "secret \"x\" not found", until: .seconds(2))
        let status = run.status(Self.at(0))
        #expect(status.phase == "Pending" && status.containerStatuses?.first?.state?.waiting?.message == "secret \"x\" not found")
        #expect(run.wake == .seconds(2) && run.step(Self.at(1)).isEmpty && run.step(Self.at(2)) == [.start("main")])
    }

    @Test("Restarts are counted on from an earlier life of the runtime")
    func formerLife() {
        let former = CoreV1.ContainerStatus(name: "main", restartCount: 2, state: .init(running: .init(startedAt: Self.at(-9).wall)))
        var run = Self.run(status: .init(containerStatuses: [former], startTime: Self.at(-10).wall))
        #expect(run.status(Self.at(0)).containerStatuses?.first?.restartCount == 3 && run.startedAt == Self.at(-10).wall)
    }
}

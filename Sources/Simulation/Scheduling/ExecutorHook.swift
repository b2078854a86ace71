import Foundation

/// Brings tasks that have no executor of their own (`Task { }` in a library, actors) to the scheduler of the thread that starts them.
///
/// An unstructured task does not inherit the executor its creator prefers, so it would run on the threads of the process, at its own
/// pace. The runtime's hook for the global executor is asked for every such piece of work; on a thread without a scheduler nothing changes.
enum ExecutorHook {
    private typealias Original = @convention(thin) (UnownedJob) -> Void
    private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// Whether the runtime has the hook; without it a simulation cannot be replayed.
    static let isInstalled: Bool = {
        guard let symbol = dlsym(dlopen(nil, RTLD_LAZY), "swift_task_enqueueGlobal_hook") else { return false }
        symbol.assumingMemoryBound(to: Hook?.self).pointee = { job, original in
            if let scheduler = ExecutorHook.current { scheduler.add(job) } else { original(job) }
        }
        return true
    }()

    private static var current: Scheduler? {
        pthread_getspecific(key).map { Unmanaged<Scheduler>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Runs a body with a scheduler for this thread.
    static func with<Result>(_ scheduler: Scheduler, _ body: () throws -> Result) rethrows -> Result {
        precondition(isInstalled, "The Swift runtime has no hook for the global executor")
        let former = pthread_getspecific(key)
        pthread_setspecific(key, Unmanaged.passUnretained(scheduler).toOpaque())
        defer { pthread_setspecific(key, former) }
        return try body()
    }
}

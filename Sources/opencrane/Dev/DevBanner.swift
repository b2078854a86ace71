/// What `opencrane dev` prints when all of it is ready.
struct DevBanner {
    let kubeconfig: String
    let apiURL: String
    let tokenFile: String
    let platformTokenFile: String
    /// File that a shell reads to have the variables of the lines below.
    let environmentFile: String
    /// Host, port, user and name of the database, as `psql` takes them; the password is in ``passwordFile``.
    let database: String
    let passwordFile: String
    let healthURL: String
    /// Where the control plane says how it is.
    let planeHealthURL: String
    /// File with the keys that secrets are sealed with.
    let sealingKeysFile: String
    /// Folder of this program and of `oc`.
    let binaries: String

    /// What ``environmentFile`` holds.
    var environment: String {
        """
        export KUBECONFIG='\(kubeconfig)'
        export OPENCRANE_URL='\(apiURL)'
        export OPENCRANE_TOKEN="$(cat '\(tokenFile)')"
        export OPENCRANE_PLATFORM_TOKEN="$(cat '\(platformTokenFile)')"
        export PGPASSFILE='\(passwordFile)'
        export DATABASE_URL='\(database)'
        export OPENCRANE_SEALING_KEYS_FILE='\(sealingKeysFile)'
        export OPERATOR_HEALTH_URL='\(healthURL)'
        export CONTROL_PLANE_HEALTH_URL='\(planeHealthURL)'
        case ":$PATH:" in *":\(binaries):"*) ;; *) export PATH='\(binaries)':"$PATH" ;; esac

        """
    }

    var text: String {
        """

        OpenCrane is ready. Everything runs on this machine, for development only; Ctrl-C stops it.

          Kubernetes API   export KUBECONFIG=\(kubeconfig)
          REST API         \(apiURL)/api/v1      (OpenAPI: \(apiURL)/api/v1/openapi.json)
          API token        \(tokenFile)
          Platform token   \(platformTokenFile)   (POST \(apiURL)/api/tenants)
          PostgreSQL       \(database)
          Operator         \(healthURL)/readyz and /metrics
          Control plane    \(planeHealthURL)/readyz and /metrics

        Try in another shell:

          . \(environmentFile)
          kubectl get crane -A
          kubectl apply -f manifests/samples/
          kubectl wait --for=condition=Ready tenants --all -A
          curl -H "Authorization: Bearer $OPENCRANE_TOKEN" $OPENCRANE_URL/api/v1/tenants
          oc tenants list
          oc tenants drift
          psql "$DATABASE_URL" -c 'select name, phase from tenants'

        """
    }
}

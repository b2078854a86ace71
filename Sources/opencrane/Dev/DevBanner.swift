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

    /// What ``environmentFile`` holds.
    var environment: String {
        """
        export KUBECONFIG='\(kubeconfig)'
        export OPENCRANE_URL='\(apiURL)'
        export OPENCRANE_TOKEN="$(cat '\(tokenFile)')"
        export OPENCRANE_PLATFORM_TOKEN="$(cat '\(platformTokenFile)')"
        export PGPASSFILE='\(passwordFile)'

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

        Try in another shell:

          . \(environmentFile)
          kubectl get crane -A
          kubectl apply -f manifests/samples/
          kubectl wait --for=condition=Ready tenants --all -A
          curl -H "Authorization: Bearer $OPENCRANE_TOKEN" $OPENCRANE_URL/api/v1/tenants
          .build/debug/oc tenants list
          .build/debug/oc tenants drift
          psql '\(database)' -c 'select name, phase from tenants'

        """
    }
}

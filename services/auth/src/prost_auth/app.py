"""The composition root of the web process: settings in, application out."""

from pathlib import Path

from prost.db import Database
from prost.http import ServiceApp
from prost.http import create_app as create_service_app
from prost.spec import ServiceSpec
from prost_auth.external import ExternalClients
from prost_auth.keys import KeyRing, OwnTokenVerifier, configure
from prost_auth.resources.access import (
    LoginResource,
    LogoutResource,
    RefreshResource,
    ResendResource,
    SignUpResource,
    VerificationResource,
)
from prost_auth.resources.addresses import AddressesResource, AddressResource
from prost_auth.resources.authorization import (
    AuthorizationResource,
    AuthorizeResource,
    DecisionResource,
    DeclineResource,
)
from prost_auth.resources.clients import ClientResource, ClientsResource, KeyRotationResource
from prost_auth.resources.consents import ConsentResource, ConsentsResource
from prost_auth.resources.external import (
    ExternalCallbackResource,
    ExternalStartResource,
    ProvidersResource,
    UnlinkResource,
)
from prost_auth.resources.logouts import EndSessionResource, LogoutRequestResource
from prost_auth.resources.me import EmailResource, ExportResource, MeResource, OwnEventsResource
from prost_auth.resources.oauth import (
    IntrospectionResource,
    RevocationResource,
    TokenResource,
    UserinfoResource,
)
from prost_auth.resources.origins import ApplicationOrigins
from prost_auth.resources.passwords import (
    PasswordResetConfirmationResource,
    PasswordResetResource,
    PasswordResource,
)
from prost_auth.resources.provider import JwksResource, MetadataResource
from prost_auth.resources.second_factor import SecondFactorConfirmationResource, SecondFactorResource
from prost_auth.resources.sessions import SessionResource, SessionsResource
from prost_auth.resources.staff import (
    AccountResource,
    AccountsResource,
    EventsResource,
    LockResource,
    RolesResource,
    SecondFactorResetResource,
    UnlockResource,
)
from prost_auth.resources.tools import Tools
from prost_auth.settings import Settings


def create_app(settings: Settings | None = None) -> ServiceApp:
    """Make the web application."""
    settings = settings or Settings()
    database, ring = Database(settings), configure(settings)
    tools, external = Tools.from_settings(settings), ExternalClients(ring)
    routes: dict[str, object] = {
        **_account_routes(tools),
        **_provider_routes(settings, ring, tools),
        **_external_routes(external, ring, tools),
    }
    app = create_service_app(
        ServiceSpec.load(Path()),
        settings,
        routes,
        dependencies=[database, ring, external, *tools.dependencies],
        verifier=OwnTokenVerifier(ring),
    )
    app.add_middleware(ApplicationOrigins())
    return app


def _account_routes(tools: Tools) -> dict[str, object]:
    return {
        "/auth/signup": SignUpResource(tools),
        "/auth/verification": VerificationResource(tools),
        "/auth/verification/resend": ResendResource(tools),
        "/auth/login": LoginResource(tools),
        "/auth/refresh": RefreshResource(tools),
        "/auth/logout": LogoutResource(tools),
        "/auth/password-reset": PasswordResetResource(tools),
        "/auth/password-reset/confirm": PasswordResetConfirmationResource(tools),
        "/auth/me": MeResource(tools),
        "/auth/me/addresses": AddressesResource(),
        "/auth/me/addresses/{address_id}": AddressResource(),
        "/auth/me/email": EmailResource(tools),
        "/auth/me/password": PasswordResource(tools),
        "/auth/me/sessions": SessionsResource(),
        "/auth/me/sessions/{session_id}": SessionResource(),
        "/auth/me/second-factor": SecondFactorResource(tools),
        "/auth/me/second-factor/confirm": SecondFactorConfirmationResource(tools),
        "/auth/me/export": ExportResource(tools),
        "/auth/me/events": OwnEventsResource(),
        "/auth/accounts": AccountsResource(),
        "/auth/accounts/{account_id}": AccountResource(),
        "/auth/accounts/{account_id}/roles": RolesResource(),
        "/auth/accounts/{account_id}/lock": LockResource(),
        "/auth/accounts/{account_id}/unlock": UnlockResource(),
        "/auth/accounts/{account_id}/second-factor/reset": SecondFactorResetResource(),
        "/auth/events": EventsResource(),
    }


def _provider_routes(settings: Settings, ring: KeyRing, tools: Tools) -> dict[str, object]:
    return {
        "/auth/jwks.json": JwksResource(ring),
        "/auth/.well-known/openid-configuration": MetadataResource(ring.issuer),
        "/auth/authorize": AuthorizeResource(settings.public_url),
        "/auth/authorizations/{request_id}": AuthorizationResource(),
        "/auth/authorizations/{request_id}/decision": DecisionResource(),
        "/auth/authorizations/{request_id}/decline": DeclineResource(),
        "/auth/token": TokenResource(tools.throttle),
        "/auth/revoke": RevocationResource(tools.throttle),
        "/auth/introspect": IntrospectionResource(tools.throttle),
        "/auth/userinfo": UserinfoResource(),
        "/auth/end-session": EndSessionResource(settings.public_url),
        "/auth/logouts/{logout_id}": LogoutRequestResource(tools),
        "/auth/consents": ConsentsResource(),
        "/auth/consents/{client_id}": ConsentResource(),
        "/auth/clients": ClientsResource(),
        "/auth/clients/{client_id}": ClientResource(),
        "/auth/keys/rotate": KeyRotationResource(),
    }


def _external_routes(clients: ExternalClients, ring: KeyRing, tools: Tools) -> dict[str, object]:
    return {
        "/auth/external": ProvidersResource(clients),
        "/auth/me/external/{provider}": UnlinkResource(),
        "/auth/external/{provider}/start": ExternalStartResource(clients, ring, tools),
        "/auth/external/{provider}/callback": ExternalCallbackResource(clients, ring, tools),
    }

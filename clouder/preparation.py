"""What stands before a first start: keys, tables, first data, static files, an admin."""

import os
import secrets
from pathlib import Path

import environ
from cryptography.fernet import Fernet

ADMIN = "admin"


def write_missing_keys(dotenv: Path, var: Path) -> None:
    """The keys that neither the environment nor .env gives stay in a file for this user alone."""
    keys = var / "secrets.env"
    keys.parent.mkdir(parents=True, exist_ok=True)
    keys.touch(mode=0o600)
    for known in (dotenv, keys):
        if known.exists():
            environ.Env.read_env(known)
    made = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    }
    with keys.open("a") as file:
        file.writelines(f"{name}={made[name]}\n" for name in made if not os.environ.get(name))


def prepare() -> None:
    """Needs a set-up Django. Doing it again changes nothing that is there."""
    from django.conf import settings
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    if settings.USES_SANDBOX:
        call_command("demo")
    call_command("collectstatic", interactive=False, verbosity=0)


def has_admin() -> bool:
    from accounts.models import User

    return User.objects.filter(is_superuser=True).exists()


def give_admin_a_password() -> str:
    """The new password of the admin, who is made where missing. It is kept only as a hash."""
    from accounts.models import User

    password = secrets.token_urlsafe(12)
    admin, _ = User.objects.get_or_create(username=ADMIN)
    admin.is_staff = admin.is_superuser = admin.is_active = True
    admin.set_password(password)
    admin.save()
    return password

from django.db import models


class SeededEntry(models.Model):
    """A default schedule that was written once. What became of it is the admin's decision."""

    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="clouder_schedule_seeded_once")
        ]

    def __str__(self) -> str:
        return self.name

"""The decision that a DJ makes a thousand times an evening: a track out of Bronze, into a playlist.

What it means, `moves.move_track` says. Its plain case is here once more, as four statements and no
object: nothing else is asked as often, and the desk sends one decision after the other. What is not
plain is left to `moves`: a track that lies elsewhere or is the last one, a category that was merged
meanwhile, an id that was sent before. The tests hold what both write against each other.
"""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from curation.models import Move

# Later decisions in this week wait for our commit.
TAKE = """
    UPDATE curation_curationperiod SET decided_at = %(now)s
    WHERE id = %(period)s AND user_id = %(user)s AND status = 'IN_PROGRESS'
"""
LOG = """
    INSERT INTO curation_move (
        user_id, curation_track_id, kind, cause, client_id, action_id, to_playlist_id,
        was_later_at, made_golden, took_golden, created_at
    )
    SELECT
        %(user)s, track.id, 'move', '', %(client_id)s, %(action_id)s, playlist.id,
        track.later_at, FALSE, FALSE, %(now)s
    FROM curation_curationtrack AS track
    JOIN curation_periodplaylist AS playlist
        ON playlist.curation_period_id = track.curation_period_id
    JOIN curation_usercategory AS category ON category.id = playlist.user_category_id
    WHERE track.id = %(track)s AND track.curation_period_id = %(period)s
        AND track.status = 'UNSORTED'
        AND playlist.id = %(to)s AND category.merged_into_id IS NULL
        AND EXISTS (
            SELECT 1 FROM curation_curationtrack AS other
            WHERE other.curation_period_id = %(period)s AND other.status = 'UNSORTED'
                AND other.id <> %(track)s
        )
    ON CONFLICT (user_id, client_id) DO NOTHING
"""
PLACE = """
    UPDATE curation_curationtrack
    SET status = 'SORTED', current_silver_playlist_id = %(to)s, sorted_at = %(now)s,
        heard_at = COALESCE(heard_at, %(now)s)
    WHERE id = %(track)s
"""
# `mirror.mark_changed`: Bronze and the playlist wait, and all that waits already waits for longer.
MARK = """
    WITH week AS (
        SELECT id, COALESCE(period_playlist_id = %(to)s, layer = 'bronze') AS is_changed
        FROM curation_mirroredplaylist
        WHERE user_id = %(user)s AND (curation_period_id = %(period)s OR user_category_id IN (
            SELECT id FROM curation_usercategory WHERE user_id = %(user)s AND style_id = (
                SELECT style_id FROM curation_curationperiod WHERE id = %(period)s
            )
        ))
        ORDER BY id {locking}
    )
    UPDATE curation_mirroredplaylist AS row
    SET wanted = wanted + CASE WHEN is_changed THEN 1 ELSE 0 END,
        changes = changes + CASE WHEN is_changed THEN 1 ELSE 0 END,
        in_background = in_background AND NOT is_changed,
        refusals = CASE WHEN is_changed AND suspects = 0 THEN 0 ELSE refusals END,
        due_at = %(due)s
    FROM week
    WHERE row.id = week.id AND (
        is_changed
        OR wanted > sent AND state IN ('active', 'off', 'full') AND due_at < %(due)s
    )
"""


def file_track(*, user: User, period: int, track: int, to: int, client_id: uuid.UUID) -> bool:
    """Puts a track of Bronze into a playlist of its week, all by their ids.

    False, and nothing is written, where this is not the plain case or not this DJ's week.
    """
    now = timezone.now()
    due = now + timedelta(seconds=settings.MIRROR_DELAY_SECONDS)
    in_column = Move._meta.get_field("client_id").get_db_prep_value
    said = {
        "user": user.pk,
        "period": period,
        "track": track,
        "to": to,
        "client_id": in_column(client_id, connection),
        "action_id": in_column(uuid.uuid4(), connection),
        "now": connection.ops.adapt_datetimefield_value(now),
        "due": connection.ops.adapt_datetimefield_value(due),
    }
    locking = "FOR UPDATE" if connection.features.has_select_for_update else ""
    with transaction.atomic(), connection.cursor() as cursor:
        for changes_one in (TAKE, LOG, PLACE):
            cursor.execute(changes_one, said)
            if cursor.rowcount != 1:
                transaction.set_rollback(True)
                return False
        cursor.execute(MARK.format(locking=locking), said)
    return True

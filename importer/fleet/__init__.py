"""Many companies: one picklable job for each, or for each file, on this machine or on several (design.md §2).

    look at the inboxes ─▶ Job ─▶ run_job: take · plan · apply · report · put away ─▶ CompanyNight ─▶ Night ─▶ faces
                            └─▶ queue.py: the same jobs, taken by workers on any machine

`run_job` is the plain entry for whoever owns another engine: give it a `Job`, on any machine, as often as you like.
"""

from __future__ import annotations

from importer.fleet.job import preview_job, run_job
from importer.fleet.night import run_night
from importer.fleet.values import Became, CompanyNight, FileNight, Job, Night

__all__ = ["Became", "CompanyNight", "FileNight", "Job", "Night", "preview_job", "run_job", "run_night"]

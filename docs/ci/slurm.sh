#!/bin/bash
# sbatch --array=1-4 slurm.sh IMAGE: one shard a task.  When all have ended:
#   twinboot matrix --merge boot-*.json --html boot.html
#SBATCH --job-name=boot
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --time=00:30:00
exec twinboot matrix "$1" --profiles virtio,emulated,nitro,metal \
	--shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" \
	--json "boot-$SLURM_ARRAY_TASK_ID.json"

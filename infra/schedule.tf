# Retries and the queue are for starting a task; what becomes of one that started is in alarms.tf.

resource "aws_scheduler_schedule" "run" {
  #checkov:skip=CKV_AWS_297:Holds the names of a cluster and subnets, no secrets.
  name                         = var.name
  description                  = "Starts a run of ${var.name}"
  state                        = var.schedule_enabled ? "ENABLED" : "DISABLED"
  schedule_expression          = var.schedule_expression
  schedule_expression_timezone = var.schedule_timezone

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_ecs_cluster.this.arn
    role_arn = aws_iam_role.scheduler.arn

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.run.arn
      task_count          = 1

      capacity_provider_strategy {
        capacity_provider = var.spot ? "FARGATE_SPOT" : "FARGATE"
        weight            = 1
      }

      network_configuration {
        subnets          = local.task_subnet_ids
        security_groups  = [aws_security_group.task.id]
        assign_public_ip = local.task_public_ip
      }
    }

    retry_policy {
      maximum_retry_attempts       = 10
      maximum_event_age_in_seconds = 3600
    }

    dead_letter_config {
      arn = aws_sqs_queue.missed_starts.arn
    }
  }

  depends_on = [aws_ecs_cluster_capacity_providers.this, aws_iam_role_policy.scheduler]
}

resource "aws_sqs_queue" "missed_starts" {
  name                      = "${var.name}-missed-starts"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
}

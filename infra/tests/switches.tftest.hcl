# What each switch changes, and what is refused.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  image_tag   = "0123456789ab"
  alarm_email = "somebody@example.com"
}

run "everything_switched_on" {
  variables {
    nat_gateway       = true
    spot              = true
    multi_az          = true
    config_source     = "secrets"
    secret_keys       = ["SPOTIPY_CLIENT_ID", "SPOTIPY_CLIENT_SECRET"]
    schedule_enabled  = false
    schedule_timezone = "Europe/Berlin"
    cpu_architecture  = "ARM64"
    # Switched off, to remove everything.
    deletion_protection = false
  }

  assert {
    condition = (
      toset(one(aws_scheduler_schedule.run.target[0].ecs_parameters[0].network_configuration).subnets) == toset(aws_subnet.private[*].id)
      && !one(aws_scheduler_schedule.run.target[0].ecs_parameters[0].network_configuration).assign_public_ip
      && aws_route.private_to_nat[0].nat_gateway_id == aws_nat_gateway.this[0].id
    )
    error_message = "With a NAT a task runs in a private subnet without a public IP."
  }
  assert {
    condition     = one(aws_scheduler_schedule.run.target[0].ecs_parameters[0].capacity_provider_strategy).capacity_provider == "FARGATE_SPOT"
    error_message = "With spot the schedule asks for Fargate Spot."
  }
  assert {
    condition     = aws_db_instance.this.multi_az
    error_message = "With multi_az the database has a standby."
  }
  assert {
    condition     = aws_scheduler_schedule.run.state == "DISABLED" && length(aws_cloudwatch_metric_alarm.no_success) == 0
    error_message = "Without a schedule nothing starts, and nobody waits for a run."
  }
  assert {
    condition     = aws_scheduler_schedule.run.schedule_expression_timezone == "Europe/Berlin"
    error_message = "The schedule has the time zone that was asked for."
  }
  assert {
    condition     = alltrue([for task in [aws_ecs_task_definition.run, aws_ecs_task_definition.bootstrap] : one(task.runtime_platform).cpu_architecture == "ARM64"])
    error_message = "Both tasks run what the image was built for."
  }

  assert {
    condition = (
      !aws_db_instance.this.deletion_protection && aws_s3_bucket.this.force_destroy
      && aws_ecr_repository.this.force_delete && aws_secretsmanager_secret.config[0].recovery_window_in_days == 0
    )
    error_message = "Without deletion_protection everything can be deleted, and made again under its name."
  }

  # config_source = "secrets"
  assert {
    condition = jsondecode(aws_ecs_task_definition.run.container_definitions)[0].secrets == [
      { name = "SPOTIPY_CLIENT_ID", valueFrom = "${aws_secretsmanager_secret.config[0].arn}:SPOTIPY_CLIENT_ID::" },
      { name = "SPOTIPY_CLIENT_SECRET", valueFrom = "${aws_secretsmanager_secret.config[0].arn}:SPOTIPY_CLIENT_SECRET::" },
    ]
    error_message = "Each key of the secret becomes the variable of that name."
  }
  assert {
    condition     = !contains(jsondecode(aws_ecs_task_definition.run.container_definitions)[0].environment[*].name, "ENV_FILE")
    error_message = "Credentials come from one place."
  }
  assert {
    condition = (
      contains(jsondecode(aws_iam_role_policy.execution.policy).Statement, {
        Effect = "Allow", Action = "secretsmanager:GetSecretValue", Resource = aws_secretsmanager_secret.config[0].arn
      })
      && !strcontains(aws_iam_role_policy.run.policy, "s3:GetObject")
    )
    error_message = "ECS reads the secret, and the run reads no .env."
  }
}

run "in_an_existing_vpc" {
  variables {
    existing_vpc = {
      vpc_id              = "vpc-theirs"
      task_subnet_ids     = ["subnet-a", "subnet-b"]
      database_subnet_ids = ["subnet-c", "subnet-d"]
      assign_public_ip    = false
    }
  }

  assert {
    condition = 0 == (
      length(aws_vpc.this) + length(aws_subnet.public) + length(aws_subnet.private) + length(aws_internet_gateway.this)
      + length(aws_route_table.public) + length(aws_route_table.private) + length(aws_vpc_endpoint.s3) + length(aws_default_security_group.closed)
    )
    error_message = "Nothing is made in, or changed about, somebody's VPC but two security groups."
  }
  assert {
    condition = (
      aws_security_group.task.vpc_id == "vpc-theirs" && aws_security_group.database.vpc_id == "vpc-theirs"
      && toset(aws_db_subnet_group.this.subnet_ids) == toset(["subnet-c", "subnet-d"])
      && toset(one(aws_scheduler_schedule.run.target[0].ecs_parameters[0].network_configuration).subnets) == toset(["subnet-a", "subnet-b"])
      && !one(aws_scheduler_schedule.run.target[0].ecs_parameters[0].network_configuration).assign_public_ip
    )
    error_message = "Tasks and database are where they were told to be."
  }
}

run "refuses_what_cannot_be" {
  command = plan

  variables {
    name                  = "spotify--elt"
    task_memory           = 1024
    schedule_expression   = "0 4 * * *"
    config_source         = "vault"
    cpu_architecture      = "arm"
    vpc_cidr              = "10.42.0.0/28"
    database_name         = "spotify-elt"
    database_version      = "17.2"
    database_storage_gb   = 10
    backup_retention_days = 0
    hours_without_success = 200
    log_retention_days    = 0
    alarm_email           = "somebody"
    existing_vpc = {
      vpc_id              = "vpc-theirs"
      task_subnet_ids     = ["subnet-a"]
      database_subnet_ids = ["subnet-c"]
      assign_public_ip    = true
    }
  }

  expect_failures = [
    var.name, var.task_memory, var.schedule_expression, var.config_source, var.cpu_architecture,
    var.existing_vpc, var.vpc_cidr, var.database_name, var.database_version, var.database_storage_gb,
    var.backup_retention_days, var.hours_without_success, var.log_retention_days, var.alarm_email,
  ]
}
